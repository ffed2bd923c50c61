import { Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import type { BlobIndex } from './blob-index.ts';
import { BlobMarks } from './blob-marks.ts';
import { eachInParallel } from './each-in-parallel.ts';
import type { Repository } from './repository.ts';

/** Packs in which a check has found damage, and what a prune makes of them; packs by their numbers in the index. */
export interface Distrust {
  readonly packs: ReadonlySet<number>;
  /** Blobs that lie in a pack that is trusted, too. */
  readonly sound: BlobMarks;
  /** They hold something in use that lies in no trusted pack, all of which can be read: it moves, and they go. */
  readonly repack: ReadonlySet<number>;
  /** They hold something in use that can be read nowhere: they stay as they are, so that a repair has all there is. */
  readonly keep: ReadonlySet<number>;
}

const PACKS_AT_ONCE = 4;

/**
 * Decides what becomes of damaged packs: reads whatever is in use and lies nowhere else. `used` marks every blob that
 * a snapshot needs. Packs that no index names, or that are missing, are passed over.
 */
export async function judgeDistrusted(
  repository: Repository,
  used: BlobMarks,
  packIds: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<Distrust> {
  const { index } = repository;
  const packs = packNumbers(index, packIds);
  const sound = new BlobMarks(index);
  index.forEachEntry((entry, pack) => {
    if (!packs.has(pack)) sound.set(index.firstEntryOf(entry), true);
  });
  const needed = new Map<number, PackedBlob[]>();
  index.forEachEntry((entry, pack) => {
    const first = packs.has(pack) ? index.firstEntryOf(entry) : -1;
    if (first < 0 || !used.has(first) || sound.has(first)) return;
    const blobs = needed.get(pack);
    if (blobs === undefined) needed.set(pack, [index.entryAt(entry)]);
    else blobs.push(index.entryAt(entry));
  });
  const repack = new Set<number>();
  const keep = new Set<number>();
  await eachInParallel(needed, PACKS_AT_ONCE, async ([pack, blobs]) => {
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
    const whole = await canBeRead(repository, index.packIdAt(pack), blobs, signal);
    (whole ? repack : keep).add(pack);
  });
  return { packs, sound, repack, keep };
}

function packNumbers(index: BlobIndex, packIds: Iterable<string>): Set<number> {
  const wanted = new Set(packIds);
  const numbers = new Set<number>();
  let number = 0;
  for (const { packId, absent } of index.packSizes()) {
    if (!absent && wanted.has(packId)) numbers.add(number);
    number += 1;
  }
  return numbers;
}

/** Whether each of the blobs is whole, here or in another of the packs that have it. */
async function canBeRead(
  repository: Repository,
  packId: string,
  blobs: readonly PackedBlob[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for await (const loaded of repository.loadBlobs(packId, blobs, signal)) {
    if ('failure' in loaded) return false;
  }
  return true;
}
