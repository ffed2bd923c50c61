import type { BlobIndex } from './blob-index.ts';
import type { BlobMarks } from './blob-marks.ts';
import { packSizeOf } from './pack.ts';
import type { Distrust } from './prune-distrust.ts';

/** What lies in a pack: data, trees, both, or nothing. */
export const PackContent = { none: 0, data: 1, trees: 2, mixed: 3 } as const;

/** What is used of each pack, by the pack's number. Sizes in bytes; `usedBytes` includes the pack's header. */
export interface PackTally {
  usedBlobs: Uint32Array;
  unusedBlobs: Uint32Array;
  usedBytes: Float64Array;
  unusedBytes: Float64Array;
  /** One of PackContent. */
  content: Uint8Array;
  /** 1: something in it is not compressed. */
  plain: Uint8Array;
  blobs: { used: number; duplicate: number; unused: number };
  bytes: { used: number; duplicate: number; unused: number };
}

const HEADER_BYTES = packSizeOf([]);
const PLAIN_ENTRY_BYTES = packSizeOf([{ length: 0, uncompressedLength: null }]) - HEADER_BYTES;
const COMPRESSED_ENTRY_BYTES = packSizeOf([{ length: 0, uncompressedLength: 1 }]) - HEADER_BYTES;
const MANY = 255;

/**
 * Counts, for each pack that is there, what of it is in use. Of a used blob that lies in several packs exactly one
 * entry counts as used: preferably one whose pack holds other used blobs, or nothing but such duplicates (which an
 * interrupted prune leaves behind), so that as little as possible is repacked. Follows restic's choice; but an entry
 * in a distrusted pack counts only if the blob lies in no other.
 */
export function tallyPacks(index: BlobIndex, used: BlobMarks, distrust?: Distrust): PackTally {
  const outOfPlay = (entry: number, pack: number): boolean =>
    distrust?.packs.has(pack) === true && distrust.sound.has(index.firstEntryOf(entry));
  const count = index.packCount;
  const tally: PackTally = {
    usedBlobs: new Uint32Array(count),
    unusedBlobs: new Uint32Array(count),
    usedBytes: new Float64Array(count).fill(HEADER_BYTES),
    unusedBytes: new Float64Array(count),
    content: new Uint8Array(count),
    plain: new Uint8Array(count),
    blobs: { used: 0, duplicate: 0, unused: 0 },
    bytes: { used: 0, duplicate: 0, unused: 0 },
  };
  const copies = countCopies(index, used, outOfPlay);
  const duplicates = new Uint32Array(count);
  index.forEachEntry((entry, pack, type, length, compressed) => {
    add(tally.usedBytes, pack, compressed ? COMPRESSED_ENTRY_BYTES : PLAIN_ENTRY_BYTES);
    const content = type === 'data' ? PackContent.data : PackContent.trees;
    tally.content[pack] = (tally.content[pack] ?? 0) | content;
    if (!compressed) tally.plain[pack] = 1;
    const times = copies[index.firstEntryOf(entry)] ?? 0;
    const only = times === 1 && !outOfPlay(entry, pack);
    const kind = times === 0 ? 'unused' : only ? 'used' : 'duplicate';
    tally.blobs[kind] += 1;
    tally.bytes[kind] += length;
    add(kind === 'used' ? tally.usedBlobs : tally.unusedBlobs, pack, 1);
    add(kind === 'used' ? tally.usedBytes : tally.unusedBytes, pack, length);
    // A duplicate counts as unused until one of its entries is chosen.
    if (kind === 'duplicate') add(duplicates, pack, 1);
  });
  if (tally.blobs.duplicate > 0) chooseDuplicates(index, copies, duplicates, tally, outOfPlay);
  return tally;
}

type OutOfPlay = (entry: number, pack: number) => boolean;

/** By first entry: 0 not in use, else in how many places the blob lies (255 stands for more, too). */
function countCopies(index: BlobIndex, used: BlobMarks, outOfPlay: OutOfPlay): Uint8Array {
  const copies = new Uint8Array(index.entryCount);
  index.forEachEntry((entry, pack) => {
    if (outOfPlay(entry, pack)) return;
    const first = index.firstEntryOf(entry);
    const times = copies[first] ?? 0;
    if (used.has(first) && times < MANY) copies[first] = times + 1;
  });
  return copies;
}

function chooseDuplicates(
  index: BlobIndex,
  copies: Uint8Array,
  duplicates: Uint32Array,
  tally: PackTally,
  outOfPlay: OutOfPlay,
): void {
  // Which blobs still wait for the choice: chosen ones must not be taken for such that lie in one place only.
  const LAST = 0;
  const CHOSEN = 1;
  const inUse = copies.map((times) => (times === 0 ? 0 : 1));
  index.forEachEntry((entry, pack, _type, length) => {
    const first = index.firstEntryOf(entry);
    const times = copies[first] ?? CHOSEN;
    if (inUse[first] !== 1 || times === CHOSEN || outOfPlay(entry, pack)) return;
    const goodPlace =
      (tally.usedBlobs[pack] ?? 0) > 0 || duplicates[pack] === tally.unusedBlobs[pack] || times === LAST;
    if (!goodPlace) {
      // The blob's last place is taken whatever else lies there.
      copies[first] = times - 1 === CHOSEN ? LAST : times - 1;
      return;
    }
    add(tally.usedBlobs, pack, 1);
    add(tally.usedBytes, pack, length);
    add(tally.unusedBlobs, pack, -1);
    add(tally.unusedBytes, pack, -length);
    tally.blobs.used += 1;
    tally.bytes.used += length;
    tally.blobs.duplicate -= 1;
    tally.bytes.duplicate -= length;
    copies[first] = CHOSEN;
  });
}

function add(counts: Uint32Array | Float64Array, at: number, amount: number): void {
  counts[at] = (counts[at] ?? 0) + amount;
}
