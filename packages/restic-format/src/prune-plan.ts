import type { BlobIndex } from './blob-index.ts';
import { BlobMarks } from './blob-marks.ts';
import type { StoredFile } from './pack-store.ts';
import type { Distrust } from './prune-distrust.ts';
import { allowedUnusedBytes, type PruneOptions } from './prune-options.ts';
import { PackContent, type PackTally, tallyPacks } from './prune-tally.ts';

/** Counts of blobs, bytes and packs, with the meaning of restic's summary. */
export interface PruneStats {
  blobs: {
    used: number;
    duplicate: number;
    unused: number;
    total: number;
    repack: number;
    /** Of the repacked ones, those that go. */
    repackRemove: number;
    remove: number;
    removeTotal: number;
    remaining: number;
  };
  bytes: {
    used: number;
    duplicate: number;
    unused: number;
    unreferenced: number;
    /** In packs with something not compressed that stay as they are. */
    uncompressed: number;
    total: number;
    repack: number;
    repackRemove: number;
    remove: number;
    removeTotal: number;
    remaining: number;
    remainingUnused: number;
  };
  packs: {
    used: number;
    unused: number;
    partlyUsed: number;
    unreferenced: number;
    total: number;
    keep: number;
    repack: number;
    remove: number;
    removeTotal: number;
  };
}

/** What a prune will do. */
export interface PrunePlan {
  /** Packs that no index names. */
  unreferenced: string[];
  /** Packs whose used blobs move to new packs, after which they go; numbers in the index. */
  repack: ReadonlySet<number>;
  /** Packs of which nothing is in use. */
  remove: string[];
  /** What has to be in the new packs: used blobs that lie in no pack that stays. */
  move: BlobMarks;
  /** Whether index files name packs that go or are missing. */
  rewritesIndex: boolean;
  stats: PruneStats;
}

const MIN_PACK_BYTES = 4 * 1024 * 1024;
/** Fewer small packs than this are not worth the trouble. */
const MIN_SMALL_PACKS = 10;

/**
 * Decides what stays, what is repacked, what goes, as restic does. `used` marks every blob that a snapshot needs,
 * each of which is in the index. `stored` are the packs in the store, listed after the index was loaded. Of what is
 * distrusted, whatever can be read moves to new packs or lies in others already.
 */
export function planPrune(
  index: BlobIndex,
  used: BlobMarks,
  stored: readonly StoredFile[],
  version: 1 | 2,
  options: PruneOptions,
  distrust?: Distrust,
): PrunePlan {
  const tally = tallyPacks(index, used, distrust);
  const { unreferenced, unreferencedBytes, misfits } = unnamedPacks(index, stored);
  const sorting = sortPacks(index, tally, version, options, distrust);
  const { repack, kept } = chooseRepacks(tally, sorting, options);
  const remove = [...sorting.remove.map((pack) => index.packIdAt(pack)), ...misfits];

  const rewritesIndex = remove.length > 0 || repack.size > 0 || hasAbsentPacks(index);
  const { blobs, bytes } = tally;
  let uncompressed = sorting.uncompressedBytes;
  for (const pack of repack) if (tally.plain[pack] === 1) uncompressed -= sizeOf(tally, pack);
  const repacked = sum(tally, repack);
  const removed = sum(tally, sorting.remove);
  const blobsTotal = blobs.used + blobs.duplicate + blobs.unused;
  const bytesTotal = bytes.used + bytes.duplicate + bytes.unused + unreferencedBytes;
  const bytesRemoved = removed.unusedBytes + repacked.unusedBytes + unreferencedBytes;
  const stats: PruneStats = {
    blobs: {
      ...blobs,
      total: blobsTotal,
      repack: repacked.usedBlobs + repacked.unusedBlobs,
      repackRemove: repacked.unusedBlobs,
      remove: removed.unusedBlobs,
      removeTotal: removed.unusedBlobs + repacked.unusedBlobs,
      remaining: blobsTotal - removed.unusedBlobs - repacked.unusedBlobs,
    },
    bytes: {
      ...bytes,
      unreferenced: unreferencedBytes,
      uncompressed: version === 2 ? uncompressed : 0,
      total: bytesTotal,
      repack: repacked.usedBytes + repacked.unusedBytes,
      repackRemove: repacked.unusedBytes,
      remove: removed.unusedBytes,
      removeTotal: bytesRemoved,
      remaining: bytesTotal - bytesRemoved,
      remainingUnused: bytes.duplicate + bytes.unused - removed.unusedBytes - repacked.unusedBytes,
    },
    packs: {
      used: sorting.used,
      unused: sorting.remove.length,
      partlyUsed: sorting.partlyUsed,
      unreferenced: unreferenced.length,
      total: sorting.used + sorting.partlyUsed + sorting.remove.length + unreferenced.length,
      keep: kept,
      repack: repack.size,
      remove: remove.length,
      removeTotal: remove.length + unreferenced.length,
    },
  };
  const move = blobsToMove(index, used, repack, new Set([...sorting.remove, ...(distrust?.packs ?? [])]));
  return { unreferenced, repack, remove, move, rewritesIndex, stats };
}

/** Of distrusted packs those that the index names after the plan is carried out, as it did before. */
export function stayingPacks(
  distrusted: readonly string[],
  index: BlobIndex,
  { repack, remove }: Pick<PrunePlan, 'repack' | 'remove'>,
): string[] {
  const gone = new Set([...remove, ...Array.from(repack, (pack) => index.packIdAt(pack))]);
  return distrusted.filter((packId) => index.hasPack(packId) && !gone.has(packId));
}

/** Packs of the store that no index names, and such as an index names but with another size: their blobs lie elsewhere. */
function unnamedPacks(
  index: BlobIndex,
  stored: readonly StoredFile[],
): { unreferenced: string[]; unreferencedBytes: number; misfits: string[] } {
  const absent = new Set<string>();
  for (const pack of index.packSizes()) if (pack.absent) absent.add(pack.packId);
  const unreferenced: string[] = [];
  const misfits: string[] = [];
  let unreferencedBytes = 0;
  for (const { name, size } of stored) {
    if (absent.has(name)) misfits.push(name);
    else if (!index.hasPack(name)) {
      unreferenced.push(name);
      unreferencedBytes += size;
    }
  }
  return { unreferenced, unreferencedBytes, misfits };
}

interface PackSorting {
  remove: number[];
  candidates: number[];
  keep: number;
  used: number;
  partlyUsed: number;
  uncompressedBytes: number;
  targetBytes: number;
  mustCompress: (pack: number) => boolean;
  /** Whatever the limits are. */
  mustRepack: ReadonlySet<number>;
}

function sortPacks(
  index: BlobIndex,
  tally: PackTally,
  version: 1 | 2,
  options: PruneOptions,
  distrust: Distrust | undefined,
): PackSorting {
  const there: number[] = [];
  let number = 0;
  for (const { absent } of index.packSizes()) {
    if (!absent) there.push(number);
    number += 1;
  }
  const targetBytes = targetPackBytes(tally, there, options);
  const mustCompress = (pack: number): boolean =>
    version === 2 &&
    tally.plain[pack] === 1 &&
    (options.repackUncompressed || tally.content[pack] === PackContent.trees);
  const sorting: PackSorting = {
    remove: [],
    candidates: [],
    keep: 0,
    used: 0,
    partlyUsed: 0,
    uncompressedBytes: 0,
    targetBytes,
    mustCompress,
    mustRepack: distrust?.repack ?? new Set(),
  };
  const small: number[] = [];
  for (const pack of there) {
    const bytes = sizeOf(tally, pack);
    const isData = tally.content[pack] === PackContent.data;
    const allUsed = tally.unusedBlobs[pack] === 0;
    if (tally.plain[pack] === 1) sorting.uncompressedBytes += bytes;
    const { mustRepack } = sorting;
    if (tally.usedBlobs[pack] === 0 && !mustRepack.has(pack) && distrust?.keep.has(pack) !== true) {
      sorting.remove.push(pack);
      continue;
    }
    if (allUsed) sorting.used += 1;
    else sorting.partlyUsed += 1;
    if (distrust?.keep.has(pack) === true) sorting.keep += 1;
    else if (mustRepack.has(pack)) sorting.candidates.push(pack);
    else if (options.repackCacheableOnly && isData) sorting.keep += 1;
    else if (!allUsed || tally.content[pack] === PackContent.mixed || mustCompress(pack)) {
      sorting.candidates.push(pack);
    } else if (bytes >= targetBytes) sorting.keep += 1;
    else small.push(pack);
  }
  if (small.length < MIN_SMALL_PACKS) sorting.keep += small.length;
  else for (const pack of small) sorting.candidates.push(pack);
  return sorting;
}

function targetPackBytes(tally: PackTally, packs: readonly number[], options: PruneOptions): number {
  if (options.smallPackBytes !== null) return options.smallPackBytes;
  if (packs.length === 0) return 0;
  const sizes = Float64Array.from(packs, (pack) => sizeOf(tally, pack)).sort();
  const low = sizes[Math.floor((packs.length * 3) / 100)] ?? 0;
  return Math.floor((Math.max(MIN_PACK_BYTES, low) * 4) / 5);
}

function chooseRepacks(
  tally: PackTally,
  sorting: PackSorting,
  options: PruneOptions,
): { repack: Set<number>; kept: number } {
  const { targetBytes } = sorting;
  const isData = (pack: number): boolean => tally.content[pack] === PackContent.data;
  const isSmall = (pack: number): boolean => sizeOf(tally, pack) < targetBytes;
  const unused = (pack: number): number => tally.unusedBytes[pack] ?? 0;
  const used = (pack: number): number => tally.usedBytes[pack] ?? 0;
  // Packs with trees first, then small ones, then by the share that is unused.
  const candidates = sorting.candidates.toSorted((a, b) => {
    if (isData(a) !== isData(b)) return isData(a) ? 1 : -1;
    if (isSmall(a) !== isSmall(b)) return isSmall(a) ? -1 : 1;
    return unused(b) * used(a) - unused(a) * used(b) || a - b;
  });
  const allowed = allowedUnusedBytes(options.maxUnused, tally.bytes.used);
  const limit = options.maxRepackBytes ?? Number.POSITIVE_INFINITY;
  const repack = new Set<number>();
  let kept = sorting.keep;
  let repackBytes = 0;
  let unusedLeft = tally.bytes.duplicate + tally.bytes.unused - sum(tally, sorting.remove).unusedBytes;
  for (const pack of candidates) {
    const bytes = sizeOf(tally, pack);
    const isEnough = unusedLeft < allowed && !isSmall(pack);
    const isOptional = isData(pack) && !sorting.mustCompress(pack);
    if (!sorting.mustRepack.has(pack) && (repackBytes + bytes >= limit || (isOptional && isEnough))) {
      kept += 1;
      continue;
    }
    repack.add(pack);
    repackBytes += bytes;
    unusedLeft -= unused(pack);
  }
  return { repack, kept };
}

function blobsToMove(
  index: BlobIndex,
  used: BlobMarks,
  repack: ReadonlySet<number>,
  /** Packs that go, or whose word does not count. */
  unreliable: ReadonlySet<number>,
): BlobMarks {
  const move = new BlobMarks(index);
  if (repack.size === 0) return move;
  index.forEachEntry((entry, pack) => {
    const first = index.firstEntryOf(entry);
    if (repack.has(pack) && used.has(first)) move.set(first, true);
  });
  // Whatever a pack that stays has as well need not be moved.
  index.forEachEntry((entry, pack) => {
    if (!repack.has(pack) && !unreliable.has(pack)) move.set(index.firstEntryOf(entry), false);
  });
  return move;
}

function hasAbsentPacks(index: BlobIndex): boolean {
  for (const { absent } of index.packSizes()) if (absent) return true;
  return false;
}

function sizeOf(tally: PackTally, pack: number): number {
  return (tally.usedBytes[pack] ?? 0) + (tally.unusedBytes[pack] ?? 0);
}

function sum(
  tally: PackTally,
  packs: Iterable<number>,
): { usedBlobs: number; unusedBlobs: number; usedBytes: number; unusedBytes: number } {
  const total = { usedBlobs: 0, unusedBlobs: 0, usedBytes: 0, unusedBytes: 0 };
  for (const pack of packs) {
    total.usedBlobs += tally.usedBlobs[pack] ?? 0;
    total.unusedBlobs += tally.unusedBlobs[pack] ?? 0;
    total.usedBytes += tally.usedBytes[pack] ?? 0;
    total.unusedBytes += tally.unusedBytes[pack] ?? 0;
  }
  return total;
}
