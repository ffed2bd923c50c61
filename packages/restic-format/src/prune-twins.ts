import { Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import { damagedAmong } from './blob-reading.ts';
import { BlobMarks } from './blob-marks.ts';
import { eachInParallel } from './each-in-parallel.ts';
import type { Repository } from './repository.ts';

const PACKS_AT_ONCE = 4;

/**
 * Reads every place of each blob in use that lies in several packs, and returns the packs where one is damaged. Such
 * blobs are few; but one of them may be what a backup stored again because its first place had been damaged, and the
 * sound place must not be the one that goes. Packs of `known` are not read.
 */
export async function packsWithDamagedTwins(
  repository: Repository,
  used: BlobMarks,
  known: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { index } = repository;
  const packs = new Map<string, PackedBlob[]>();
  const twins = twinsOf(repository, used);
  index.forEachEntry((entry) => {
    if (!twins.has(index.firstEntryOf(entry))) return;
    const { packId, ...blob } = index.entryAt(entry);
    if (known.has(packId)) return;
    const blobs = packs.get(packId);
    if (blobs === undefined) packs.set(packId, [blob]);
    else blobs.push(blob);
  });
  const damaged: string[] = [];
  await eachInParallel(packs, PACKS_AT_ONCE, async ([packId, blobs]) => {
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
    if ((await damagedAmong(repository, packId, blobs, signal)).length > 0) damaged.push(packId);
  });
  return damaged.sort();
}

/** First entries of the blobs in use that have more than one. */
function twinsOf({ index }: Repository, used: BlobMarks): BlobMarks {
  const twins = new BlobMarks(index);
  index.forEachEntry((entry) => {
    const first = index.firstEntryOf(entry);
    if (first !== entry && used.has(first)) twins.set(first, true);
  });
  return twins;
}
