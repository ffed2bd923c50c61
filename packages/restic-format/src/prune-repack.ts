import { Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import type { BlobMarks } from './blob-marks.ts';
import { BulkPool } from './bulk-pool.ts';
import { moveRead } from './copy-blobs.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { type PackRead, planPackReads } from './pack-reads.ts';
import type { PrunePlan } from './prune-plan.ts';
import type { PruneWork } from './prune-work.ts';
import type { Repository } from './repository.ts';
import { type IndexedPack, SealedPackWriter } from './sealed-pack-writer.ts';

const READS_AT_ONCE = 4;

export interface MovedPacks {
  /** Durable packs that no index file names yet. */
  unindexed: IndexedPack[];
  packs: number;
  bytesStored: number;
}

/**
 * Writes the blobs that have to move into new packs, each verified first. What is compressed keeps its bytes, nonce
 * and all: the same key and content make the same ciphertext, so that nothing is learned from it. Throws
 * `pack-damaged` when a blob is nowhere whole; nothing is lost then.
 */
export async function moveBlobs(
  repository: Repository,
  plan: Pick<PrunePlan, 'repack' | 'move'>,
  { signal, onProgress, packBytes, pool: givenPool }: PruneWork,
): Promise<MovedPacks> {
  let packs = 0;
  if (plan.repack.size === 0) return { unindexed: [], packs, bytesStored: 0 };
  const writer = new SealedPackWriter(repository, {
    signal,
    ...(packBytes !== undefined && { packSize: packBytes }),
    onStored: () => {
      packs += 1;
    },
  });
  const pool = givenPool ?? new BulkPool([repository.key], repository.store);
  let done = 0;
  try {
    await eachInParallel(readsOf(repository, plan), READS_AT_ONCE, async ({ read, isLast }) => {
      await moveRead(repository, pool, writer, read, { key: 0, toKey: 0, to: repository, signal });
      if (!isLast) return;
      done += 1;
      onProgress?.({ phase: 'repacking', done, total: plan.repack.size });
    });
    await writer.finishPacks();
    const left = plan.move.count();
    if (left > 0)
      throw new Failure('internal', `${left} blobs in use were not moved, so nothing was removed`);
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    if (givenPool === undefined) await pool.close();
  }
  return { unindexed: writer.takeUnindexed(), packs, bytesStored: writer.bytesStored };
}

function* readsOf(
  { index }: Repository,
  plan: Pick<PrunePlan, 'repack' | 'move'>,
): Generator<{ read: PackRead; isLast: boolean }> {
  for (const { packId, blobs } of index.packs((pack) => plan.repack.has(pack))) {
    const wanted = blobs.filter((blob) => takeMark(plan.move, blob));
    const reads = planPackReads(packId, wanted);
    for (const [at, read] of reads.entries()) yield { read, isLast: at === reads.length - 1 };
  }
}

/** Whether the blob is still to be moved; the first pack that has it gives it. */
function takeMark(move: BlobMarks, { type, id }: PackedBlob): boolean {
  const first = move.index.entryOf(type, Buffer.from(id, 'hex'));
  const wanted = first >= 0 && move.has(first);
  if (wanted) move.set(first, false);
  return wanted;
}
