import type { BlobHandle, BlobLocation, BlobType, PackedBlob } from './blob.ts';
import type { ScannedIndex } from './index-scan.ts';
import { headerEntryBytes, packSizeOf } from './pack.ts';
import { ENTRY_BYTES, ENTRY_ID_AT } from './packed-entries.ts';

const ID_WORDS = 8;
/** An id on its way between hex digits and words. */
const idBytes = Buffer.alloc(ID_WORDS * 4);
const EMPTY_PACK_BYTES = packSizeOf([]);
/** Added to an entry's type: it is no blob of that type any more. */
const DAMAGED = 2;

/**
 * Which pack holds which blob: 53 bytes an entry in typed arrays, because large repositories have tens of millions.
 * A blob may lie in several packs. Entries are never removed; a pack can be marked absent, which hides its entries,
 * and the places of a single blob can be marked damaged, which hides these.
 */
export class BlobIndex {
  /** Packs in the store that no index file names, with their sizes, as of the loading. */
  strayPacks: ReadonlyMap<string, number> = new Map();
  readonly #packIds: string[] = [];
  readonly #packNumbers = new Map<string, number>();
  #packSizes = new Float64Array(16);
  #packBlobs = new Uint32Array(16);
  #packAbsent = new Uint8Array(16);
  #count = 0;
  #hidden = 0;
  /** Entries marked damaged. */
  #damaged = 0;
  #ids = new Int32Array(0);
  #types = new Uint8Array(0);
  #packs = new Uint32Array(0);
  #offsets = new Uint32Array(0);
  #lengths = new Uint32Array(0);
  /** 0: not compressed. */
  #uncompressed = new Uint32Array(0);
  /** The next entry of the same bucket, or −1. */
  #next = new Int32Array(0);
  #buckets = new Int32Array(1024).fill(-1);
  readonly #wanted = new Int32Array(ID_WORDS);

  /** Entries in packs that are there; a blob in two packs counts twice. */
  get size(): number {
    return this.#count - this.#hidden;
  }

  /** Adds what a pack holds; entries that are known already are passed over. Returns the pack's number. */
  add(packId: string, blobs: Iterable<PackedBlob>): number {
    const pack = this.#packNumber(packId);
    for (const blob of blobs) {
      this.#want(blob.id);
      const { offset, length, uncompressedLength } = blob;
      this.#addWanted(pack, blob.type === 'tree' ? 1 : 0, offset, length, uncompressedLength ?? 0);
    }
    return pack;
  }

  /** As `add`, for all packs of an index file; returns their numbers. */
  addScanned(scanned: ScannedIndex): Uint32Array {
    const { packs, blobs, ids, trees, offsets, lengths, uncompressedLengths } = scanned;
    return Uint32Array.from(packs, ({ packId, firstBlob }, at) => {
      const pack = this.#packNumber(packId);
      const end = packs[at + 1]?.firstBlob ?? blobs;
      for (let blob = firstBlob; blob < end; blob += 1) {
        for (let word = 0; word < ID_WORDS; word += 1) {
          this.#wanted[word] = ids[blob * ID_WORDS + word] ?? 0;
        }
        const length = lengths[blob] ?? 0;
        this.#addWanted(pack, trees[blob] ?? 0, offsets[blob] ?? 0, length, uncompressedLengths[blob] ?? 0);
      }
      return pack;
    });
  }

  has(type: BlobType, id: string): boolean {
    return this.#find(type, id) >= 0;
  }

  lookup(type: BlobType, id: string): BlobLocation | undefined {
    const entry = this.#find(type, id);
    return entry < 0 ? undefined : this.#location(entry);
  }

  /** Every place the blob lies in. */
  lookupAll(type: BlobType, id: string): BlobLocation[] {
    const found: BlobLocation[] = [];
    for (
      let entry = this.#find(type, id);
      entry >= 0;
      entry = this.#nextMatch(type, this.#next[entry] ?? -1)
    ) {
      found.push(this.#location(entry));
    }
    return found;
  }

  /** Where the blob would be if packs that are absent were there. */
  lookupAbsent(type: BlobType, id: string): BlobLocation[] {
    this.#want(id);
    const typeNumber = type === 'tree' ? 1 : 0;
    const found: BlobLocation[] = [];
    let entry = this.#buckets[this.#bucket()] ?? -1;
    for (; entry >= 0; entry = this.#next[entry] ?? -1) {
      if (this.#types[entry] !== typeNumber || this.#packAbsent[this.#packs[entry] ?? 0] === 0) continue;
      if (this.#isWanted(entry)) found.push(this.#location(entry));
    }
    return found;
  }

  /** Pack ids with the size each file must have, absent ones included. */
  *packSizes(): Generator<{ packId: string; size: number; absent: boolean }> {
    for (const [pack, packId] of this.#packIds.entries()) {
      yield { packId, size: this.#packSizes[pack] ?? 0, absent: this.#packAbsent[pack] === 1 };
    }
  }

  hasPack(packId: string): boolean {
    const pack = this.#packNumbers.get(packId);
    return pack !== undefined && this.#packAbsent[pack] === 0;
  }

  /** From now on the entries of this pack do not count. */
  markAbsent(packId: string): void {
    const pack = this.#packNumbers.get(packId);
    if (pack === undefined || this.#packAbsent[pack] === 1) return;
    this.#hidden += (this.#packBlobs[pack] ?? 0) - this.#damagedIn(pack);
    this.#packAbsent[pack] = 1;
  }

  /** From now on none of the places known of this blob counts; what is added later does. */
  markDamaged(type: BlobType, id: string): void {
    for (let entry = this.#find(type, id); entry >= 0; entry = this.#find(type, id)) {
      this.#types[entry] = (this.#types[entry] ?? 0) | DAMAGED;
      this.#damaged += 1;
      this.#hidden += 1;
    }
  }

  /** The packs that are there (of those `wanted` by number), with what lies in each, by offset. */
  *packs(wanted?: (pack: number) => boolean): Generator<{ packId: string; blobs: PackedBlob[] }> {
    const order = this.#entriesByPack();
    let at = 0;
    for (const [pack, packId] of this.#packIds.entries()) {
      const end = at + (this.#packBlobs[pack] ?? 0);
      if (this.#packAbsent[pack] === 0 && wanted?.(pack) !== false) {
        const blobs = Array.from(order.subarray(at, end), (entry) => this.#packedBlob(entry));
        yield { packId, blobs: blobs.sort((a, b) => a.offset - b.offset) };
      }
      at = end;
    }
  }

  /** As `packs`, the blobs as bytes (see packed-entries.ts): for passes over millions. */
  *packedEntries(): Generator<{ packId: string; entries: Buffer }> {
    const order = this.#entriesByPack();
    let at = 0;
    for (const [pack, packId] of this.#packIds.entries()) {
      const end = at + (this.#packBlobs[pack] ?? 0);
      if (this.#packAbsent[pack] === 0) {
        const offsets = this.#offsets;
        const sorted = order.subarray(at, end).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
        const entries = Buffer.allocUnsafeSlow(sorted.length * ENTRY_BYTES);
        for (const [which, entry] of sorted.entries()) this.#pack(entries, which * ENTRY_BYTES, entry);
        yield { packId, entries };
      }
      at = end;
    }
  }

  *blobs(): Generator<BlobHandle & BlobLocation> {
    for (let entry = 0; entry < this.#count; entry += 1) {
      if (!this.#counts(entry)) continue;
      yield { ...this.#location(entry), type: this.#typeOf(entry), id: this.#idOf(entry) };
    }
  }

  /** Entries are numbered from 0 up to this; those of absent packs have numbers, too. */
  get entryCount(): number {
    return this.#count;
  }

  /** Packs are numbered from 0 up to this, absent ones included. */
  get packCount(): number {
    return this.#packIds.length;
  }

  packIdAt(pack: number): string {
    return this.#packIds[pack] ?? '';
  }

  /** Number of the blob's first entry, which stands for all its entries, or −1. The id: 32 bytes from `at`. */
  entryOf(type: BlobType, id: Uint8Array, at = 0): number {
    for (let word = 0; word < ID_WORDS; word += 1) {
      const byte = at + word * 4;
      this.#wanted[word] =
        ((id[byte] ?? 0) << 24) |
        ((id[byte + 1] ?? 0) << 16) |
        ((id[byte + 2] ?? 0) << 8) |
        (id[byte + 3] ?? 0);
    }
    return this.#nextMatch(type, this.#buckets[this.#bucket()] ?? -1);
  }

  /** The entry that stands for this one's blob (see `entryOf`); −1 when the entry does not count. */
  firstEntryOf(entry: number): number {
    if (!this.#counts(entry)) return -1;
    this.#wanted.set(this.#ids.subarray(entry * ID_WORDS, (entry + 1) * ID_WORDS));
    return this.#nextMatch(this.#typeOf(entry), this.#buckets[this.#bucket()] ?? -1);
  }

  /** The entries of packs that are there, in no particular order: for passes over millions. */
  forEachEntry(
    visit: (entry: number, pack: number, type: BlobType, length: number, compressed: boolean) => void,
  ): void {
    for (let entry = 0; entry < this.#count; entry += 1) {
      if (!this.#counts(entry)) continue;
      const pack = this.#packs[entry] ?? 0;
      visit(entry, pack, this.#typeOf(entry), this.#lengths[entry] ?? 0, this.#uncompressed[entry] !== 0);
    }
  }

  /** What an entry says. */
  entryAt(entry: number): PackedBlob & { packId: string } {
    return { ...this.#packedBlob(entry), packId: this.#packIds[this.#packs[entry] ?? 0] ?? '' };
  }

  #packNumber(packId: string): number {
    const known = this.#packNumbers.get(packId);
    if (known !== undefined) return known;
    const pack = this.#packIds.length;
    if (pack === this.#packSizes.length) {
      this.#packSizes = grown(this.#packSizes, new Float64Array(pack * 2));
      this.#packBlobs = grown(this.#packBlobs, new Uint32Array(pack * 2));
      this.#packAbsent = grown(this.#packAbsent, new Uint8Array(pack * 2));
    }
    this.#packIds.push(packId);
    this.#packNumbers.set(packId, pack);
    this.#packSizes[pack] = EMPTY_PACK_BYTES;
    return pack;
  }

  /** The entry's id is the wanted one. */
  #addWanted(pack: number, type: number, offset: number, length: number, uncompressed: number): void {
    const bucket = this.#bucket();
    for (let entry = this.#buckets[bucket] ?? -1; entry >= 0; entry = this.#next[entry] ?? -1) {
      const same = this.#packs[entry] === pack && this.#offsets[entry] === offset;
      if (same && this.#typeNumber(entry) === type && this.#isWanted(entry)) return;
    }
    const entry = this.#count;
    if (entry === this.#types.length) this.#growEntries();
    this.#count += 1;
    this.#ids.set(this.#wanted, entry * ID_WORDS);
    this.#types[entry] = type;
    this.#packs[entry] = pack;
    this.#offsets[entry] = offset;
    this.#lengths[entry] = length;
    this.#uncompressed[entry] = uncompressed;
    this.#packSizes[pack] = (this.#packSizes[pack] ?? 0) + length + headerEntryBytes(uncompressed > 0);
    this.#packBlobs[pack] = (this.#packBlobs[pack] ?? 0) + 1;
    if (this.#packAbsent[pack] === 1) this.#hidden += 1;
    if (this.#count > this.#buckets.length) {
      this.#rehash();
    } else {
      this.#next[entry] = this.#buckets[bucket] ?? -1;
      this.#buckets[bucket] = entry;
    }
  }

  #growEntries(): void {
    // By a quarter, not to twice the size: of millions of entries, what is unused counts.
    const capacity = Math.max(1024, Math.ceil(this.#types.length * 1.25));
    this.#ids = grown(this.#ids, new Int32Array(capacity * ID_WORDS));
    this.#types = grown(this.#types, new Uint8Array(capacity));
    this.#packs = grown(this.#packs, new Uint32Array(capacity));
    this.#offsets = grown(this.#offsets, new Uint32Array(capacity));
    this.#lengths = grown(this.#lengths, new Uint32Array(capacity));
    this.#uncompressed = grown(this.#uncompressed, new Uint32Array(capacity));
    this.#next = grown(this.#next, new Int32Array(capacity));
  }

  #rehash(): void {
    this.#buckets = new Int32Array(this.#buckets.length * 2).fill(-1);
    const mask = this.#buckets.length - 1;
    for (let entry = 0; entry < this.#count; entry += 1) {
      const bucket = (this.#ids[entry * ID_WORDS] ?? 0) & mask;
      this.#next[entry] = this.#buckets[bucket] ?? -1;
      this.#buckets[bucket] = entry;
    }
  }

  #want(id: string): void {
    // What is no id is nobody's.
    if (idBytes.write(id, 'hex') < idBytes.length) idBytes.fill(0);
    for (let word = 0; word < ID_WORDS; word += 1) this.#wanted[word] = idBytes.readInt32BE(word * 4);
  }

  #bucket(): number {
    return (this.#wanted[0] ?? 0) & (this.#buckets.length - 1);
  }

  #isWanted(entry: number): boolean {
    const at = entry * ID_WORDS;
    for (let word = 0; word < ID_WORDS; word += 1) {
      if (this.#ids[at + word] !== this.#wanted[word]) return false;
    }
    return true;
  }

  #find(type: BlobType, id: string): number {
    this.#want(id);
    return this.#nextMatch(type, this.#buckets[this.#bucket()] ?? -1);
  }

  #nextMatch(type: BlobType, from: number): number {
    const typeNumber = type === 'tree' ? 1 : 0;
    for (let entry = from; entry >= 0; entry = this.#next[entry] ?? -1) {
      if (this.#types[entry] !== typeNumber || this.#packAbsent[this.#packs[entry] ?? 0] === 1) continue;
      if (this.#isWanted(entry)) return entry;
    }
    return -1;
  }

  #typeNumber(entry: number): number {
    return (this.#types[entry] ?? 0) & ~DAMAGED;
  }

  #typeOf(entry: number): BlobType {
    return this.#typeNumber(entry) === 1 ? 'tree' : 'data';
  }

  #counts(entry: number): boolean {
    return this.#packAbsent[this.#packs[entry] ?? 0] === 0 && (this.#types[entry] ?? 0) < DAMAGED;
  }

  #damagedIn(pack: number): number {
    let damaged = 0;
    for (let entry = 0; this.#damaged > 0 && entry < this.#count; entry += 1) {
      if (this.#packs[entry] === pack && (this.#types[entry] ?? 0) >= DAMAGED) damaged += 1;
    }
    return damaged;
  }

  #idOf(entry: number): string {
    for (let word = 0; word < ID_WORDS; word += 1) {
      idBytes.writeInt32BE(this.#ids[entry * ID_WORDS + word] ?? 0, word * 4);
    }
    return idBytes.toString('hex');
  }

  #location(entry: number): BlobLocation {
    const uncompressed = this.#uncompressed[entry] ?? 0;
    return {
      packId: this.#packIds[this.#packs[entry] ?? 0] ?? '',
      offset: this.#offsets[entry] ?? 0,
      length: this.#lengths[entry] ?? 0,
      uncompressedLength: uncompressed === 0 ? null : uncompressed,
    };
  }

  #packedBlob(entry: number): PackedBlob {
    const { offset, length, uncompressedLength } = this.#location(entry);
    return { type: this.#typeOf(entry), id: this.#idOf(entry), offset, length, uncompressedLength };
  }

  #pack(into: Buffer, at: number, entry: number): void {
    into[at] = this.#typeNumber(entry);
    into.writeUInt32LE(this.#offsets[entry] ?? 0, at + 1);
    into.writeUInt32LE(this.#lengths[entry] ?? 0, at + 5);
    into.writeUInt32LE(this.#uncompressed[entry] ?? 0, at + 9);
    for (let word = 0; word < ID_WORDS; word += 1) {
      into.writeInt32BE(this.#ids[entry * ID_WORDS + word] ?? 0, at + ENTRY_ID_AT + word * 4);
    }
  }

  /** Entry numbers in the order of their packs. */
  #entriesByPack(): Uint32Array {
    const ends = new Uint32Array(this.#packIds.length);
    let total = 0;
    for (let pack = 0; pack < ends.length; pack += 1) {
      ends[pack] = total;
      total += this.#packBlobs[pack] ?? 0;
    }
    const order = new Uint32Array(this.#count);
    for (let entry = 0; entry < this.#count; entry += 1) {
      const pack = this.#packs[entry] ?? 0;
      const at = ends[pack] ?? 0;
      order[at] = entry;
      ends[pack] = at + 1;
    }
    return order;
  }
}

function grown<T extends { set(values: T): void }>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
