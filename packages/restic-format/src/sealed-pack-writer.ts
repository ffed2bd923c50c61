import { hash, randomInt } from 'node:crypto';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { BlobType, PackedBlob } from './blob.ts';
import { noteHash } from './hashed-parts.ts';
import { encodeIndexFile } from './index-file.ts';
import { MAX_PACK_BLOBS, sealPackHeader } from './pack.ts';
import { DEFAULT_PACK_BYTES } from './prune-options.ts';
import type { Repository } from './repository.ts';
import { sealUnpacked } from './unpacked-file.ts';

/** restic's: an index file that names so many blobs is full. */
export const FULL_INDEX_BLOBS = 50_000;
/** Room for the blob that fills a pack; more is made when needed. */
const SLACK_BYTES = 4 * 1024 * 1024;
const HEADER_SLACK_BYTES = 64 * 1024;
const DEFAULT_UPLOADS = 2;
/** Data blobs go into one of two packs by chance, as restic 0.18 does: see RepositoryWriter. */
const OPEN_DATA_PACKS = 2;

export interface SealedPackWriterOptions {
  packSize?: number;
  uploads?: number;
  signal?: AbortSignal | undefined;
  /** Bytes of a pack that has become durable. */
  onStored?: (bytes: number) => void;
}

interface FillingPack {
  type: BlobType;
  bytes: Buffer;
  size: number;
  blobs: PackedBlob[];
}

export interface IndexedPack {
  packId: string;
  blobs: PackedBlob[];
}

/**
 * Writes blobs that are sealed already into packs of a repository, several at a time. An index file is written
 * whenever it would be full; what is left at the end is the caller's to write (`takeUnindexed`), or `saveIndex`'s.
 */
export class SealedPackWriter {
  readonly repository: Repository;
  readonly #options: SealedPackWriterOptions;
  readonly #packSize: number;
  readonly #filling: { data: FillingPack[]; tree: FillingPack[] } = { data: [], tree: [] };
  /** Buffers of packs that are written, to be used again. */
  #buffers: Buffer[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  /** Full packs for which there is no upload yet. */
  #waiting = 0;
  #unindexed: IndexedPack[] = [];
  #unindexedBlobs = 0;
  #failure: Failure | null = null;
  /** Bytes of packs and index files that are durable. */
  bytesStored = 0;

  constructor(repository: Repository, options: SealedPackWriterOptions = {}) {
    this.repository = repository;
    this.#options = options;
    this.#packSize = options.packSize ?? DEFAULT_PACK_BYTES;
  }

  /** Copies the blob; waits while too many packs are on their way. Throws what an upload failed with. */
  async add(
    blob: { type: BlobType; id: string; uncompressedLength: number | null },
    sealed: Uint8Array,
  ): Promise<void> {
    this.#throwFailure();
    while (this.#waiting > 0) {
      // When all have just ended, those that wait are about to go on; a race of none would never end.
      await (this.#inFlight.size === 0 ? Promise.resolve() : Promise.race(this.#inFlight));
      this.#throwFailure();
    }
    const pack = this.#packFor(blob.type, sealed.length);
    const { type, id, uncompressedLength } = blob;
    pack.bytes.set(sealed, pack.size);
    pack.blobs.push({ type, id, offset: pack.size, length: sealed.length, uncompressedLength });
    pack.size += sealed.length;
    if (pack.size < this.#packSize && pack.blobs.length < MAX_PACK_BLOBS) return;
    this.#filling[type] = this.#filling[type].filter((one) => one !== pack);
    await this.#store(pack);
  }

  /** Resolves when every pack is durable. */
  async finishPacks(): Promise<void> {
    this.#throwFailure();
    for (const type of ['data', 'tree'] as const) {
      for (const pack of this.#joined(this.#filling[type].splice(0))) await this.#store(pack);
    }
    await this.#settled();
  }

  /** Durable packs that no index file names yet; they are the caller's now. */
  takeUnindexed(): IndexedPack[] {
    this.#unindexedBlobs = 0;
    return this.#unindexed.splice(0);
  }

  /** Names all durable packs in an index file. */
  async saveIndex(): Promise<void> {
    this.#startIndex();
    await this.#settled();
  }

  /** Waits for what is on its way, whatever becomes of it: for a piece of work that has failed. */
  async abandon(): Promise<void> {
    this.#fail(new Failure('cancelled', 'the work was ended'));
    await Promise.allSettled(this.#inFlight);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
    const { signal } = this.#options;
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
  }

  async #settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    this.#throwFailure();
  }

  #packFor(type: BlobType, length: number): FillingPack {
    const packs = this.#filling[type];
    const place = type === 'data' ? randomInt(OPEN_DATA_PACKS) : 0;
    let pack = packs[place];
    if (pack === undefined) {
      const bytes = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(this.#packSize + SLACK_BYTES);
      pack = { type, bytes, size: 0, blobs: [] };
      packs.push(pack);
    }
    reserve(pack, length);
    return pack;
  }

  /** Joins two unfinished packs where they fit into one: a small pack less. */
  #joined(packs: FillingPack[]): FillingPack[] {
    const [first, second] = packs;
    if (first === undefined || second === undefined) return packs;
    const blobs = first.blobs.length + second.blobs.length;
    if (first.size + second.size >= this.#packSize || blobs > MAX_PACK_BLOBS) return packs;
    reserve(first, second.size);
    first.bytes.set(second.bytes.subarray(0, second.size), first.size);
    for (const blob of second.blobs) first.blobs.push({ ...blob, offset: blob.offset + first.size });
    first.size += second.size;
    return [first];
  }

  async #store(pack: FillingPack): Promise<void> {
    if (pack.blobs.length === 0) return;
    this.#waiting += 1;
    try {
      while (this.#inFlight.size >= (this.#options.uploads ?? DEFAULT_UPLOADS)) {
        await Promise.race(this.#inFlight);
        this.#throwFailure();
      }
    } finally {
      this.#waiting -= 1;
    }
    this.#run(async () => {
      const { key, store } = this.repository;
      const header = sealPackHeader(key, pack.blobs);
      reserve(pack, header.length);
      pack.bytes.set(header, pack.size);
      const file = pack.bytes.subarray(0, pack.size + header.length);
      const packId = hash('sha256', file, 'hex');
      const parts = [file];
      noteHash(parts, packId);
      await store.write('data', packId, parts, this.#options.signal);
      this.#buffers.push(pack.bytes);
      this.bytesStored += file.length;
      this.#options.onStored?.(file.length);
      this.#unindexed.push({ packId, blobs: pack.blobs });
      this.#unindexedBlobs += pack.blobs.length;
      if (this.#unindexedBlobs >= FULL_INDEX_BLOBS) this.#startIndex();
    });
  }

  #startIndex(): void {
    const packs = this.takeUnindexed();
    if (packs.length === 0 || this.#failure !== null) return;
    this.#run(async () => {
      this.bytesStored += await writeIndexFile(this.repository, packs, this.#options.signal);
    });
  }

  #run(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#fail(asFailure(error)))
      .finally(() => this.#inFlight.delete(running));
    this.#inFlight.add(running);
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#buffers = [];
  }
}

/** Writes one index file; returns its bytes. All its packs are durable. */
export async function writeIndexFile(
  repository: Repository,
  packs: IndexedPack[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const { key, config, store } = repository;
  const sealed = sealUnpacked(key, config.version, encodeIndexFile({ supersedes: [], packs }));
  await store.write('index', hash('sha256', sealed, 'hex'), [sealed], signal);
  return sealed.length;
}

function reserve(pack: FillingPack, length: number): void {
  const needed = pack.size + length;
  if (needed <= pack.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(needed + HEADER_SLACK_BYTES);
  larger.set(pack.bytes.subarray(0, pack.size));
  pack.bytes = larger;
}
