import { asFailure, Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import { loadOneBlob } from './blob-reading.ts';
import type { Unread } from './bulk-job.ts';
import type { BulkPool, MovedInSpace } from './bulk-pool.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { type PackRead, planPackReads } from './pack-reads.ts';
import { fileSourceOf } from './pack-source.ts';
import type { Repository } from './repository.ts';
import { sealBlob } from './sealed-blob.ts';
import type { SealedPackWriter } from './sealed-pack-writer.ts';

const READS_AT_ONCE = 4;
/** Blobs looked up together: neighbours in the index are neighbours in packs. */
const PORTION = 8192;

export interface BlobMove {
  /** Numbers of the pool's keys. */
  key: number;
  toKey: number;
  /** The destination. */
  to: Pick<Repository, 'key' | 'config'>;
  signal?: AbortSignal | undefined;
}

/** Copies the blobs of these entries of the source's index; keys 0 and 1 of the pool are source and destination. */
export async function copyBlobs(
  source: Repository,
  entries: readonly number[],
  pool: BulkPool,
  writer: SealedPackWriter,
  options: { signal?: AbortSignal | undefined; onBlobs?: (count: number) => void },
): Promise<void> {
  const { signal, onBlobs } = options;
  const move = { key: 0, toKey: 1, to: writer.repository, signal };
  await eachInParallel(readsOf(source, entries), READS_AT_ONCE, async (read) => {
    await moveRead(source, pool, writer, read, move);
    onBlobs?.(read.blobs.length);
  });
}

function* readsOf(source: Repository, entries: readonly number[]): Generator<PackRead> {
  for (let at = 0; at < entries.length; at += PORTION) {
    const byPack = new Map<string, PackedBlob[]>();
    for (const entry of entries.slice(at, at + PORTION)) {
      const { packId, ...blob } = source.index.entryAt(entry);
      const blobs = byPack.get(packId);
      if (blobs === undefined) byPack.set(packId, [blob]);
      else blobs.push(blob);
    }
    for (const [packId, blobs] of byPack) yield* planPackReads(packId, blobs);
  }
}

/**
 * Reads neighbouring blobs, verifies them and hands them to the writer, sealed for the destination. One that this
 * pack does not have whole is taken from another; throws `pack-damaged` when there is none.
 */
export async function moveRead(
  source: Repository,
  pool: BulkPool,
  writer: SealedPackWriter,
  read: PackRead,
  { key, toKey, to, signal }: BlobMove,
): Promise<void> {
  const { packId, offset, length } = read;
  const moveFromElsewhere = async ({ type, id }: PackedBlob, failure: Failure): Promise<void> => {
    const plaintext = await loadOneBlob(source, { type, id }, signal, { packId, failure });
    const sealed = sealBlob(to.key, to.config.version, type, plaintext, id);
    await writer.add(sealed, sealed.bytes);
  };
  const blobs = read.blobs.map((blob) => ({ ...blob, offset: blob.offset - offset }));
  const job = { key, toKey, toVersion: to.config.version, blobs };
  let moved: MovedInSpace | Unread = { work: 'unread' };
  try {
    const file = fileSourceOf(source.store, packId, { offset, length });
    if (file !== null) moved = await pool.move({ ...job, source: file });
    if (moved.work === 'unread') {
      const bytes = await source.store.read('data', packId, { offset, length }, signal);
      moved = await pool.move({ ...job, source: bytes });
    }
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== 'not-found' && failure.code !== 'bad-range') throw error;
    for (const blob of read.blobs) await moveFromElsewhere(blob, failure);
    return;
  }
  if (moved.work === 'unread') throw new Failure('internal', `pack ${packId} is in memory and was not read`);
  const damaged = new Map(moved.damaged.map(({ at, reason }) => [at, reason]));
  for (const [at, blob] of read.blobs.entries()) {
    const reason = damaged.get(at);
    if (reason === undefined) {
      const start = moved.offsets[at] ?? 0;
      const sealed = moved.bytes.subarray(start, start + (moved.lengths[at] ?? 0));
      await writer.add({ ...blob, uncompressedLength: moved.uncompressed[at] || null }, sealed);
      continue;
    }
    const what = `pack ${packId} is damaged at ${blob.type} blob ${blob.id}: ${reason}`;
    await moveFromElsewhere(blob, new Failure('pack-damaged', `${source.store.location}: ${what}`));
  }
  // Only now: the writer has copied them.
  moved.release();
}
