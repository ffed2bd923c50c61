import { hostname } from 'node:os';
import { asFailure } from '@breakwater/domain/failure';
import { listLocks } from '@breakwater/restic-format/lock';
import { mapInParallel } from '@breakwater/restic-format/map-in-parallel';
import { EAGER_HEADER_BYTES, readPackHeader } from '@breakwater/restic-format/pack';
import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredPack } from '@breakwater/restic-format/repository-writer';

/** Each costs a read of its end. A repository with more has another trouble than one interrupted backup. */
const MOST_PACKS = 2000;
const READS_AT_ONCE = 4;

/**
 * Packs that lie in the store and that no index names, read from their own headers: what a backup that was killed
 * had stored since its last index. A header is authenticated with the repository's key and has to fit the size of
 * the pack as it is listed now. Only those with something that the index lacks. While others work on the repository
 * only those known as our `own`: the rest may be theirs, and they will name them themselves. The index is loaded,
 * under our lock.
 */
export async function findStrayPacks(
  repository: Repository,
  signal: AbortSignal,
  own: ReadonlySet<string> = new Set(),
): Promise<StoredPack[]> {
  const { strayPacks } = repository.index;
  if (strayPacks.size === 0) return [];
  const shared = await othersAtWork(repository, signal);
  const listed = [...strayPacks].filter(([packId]) => !shared || own.has(packId)).slice(0, MOST_PACKS);
  const found: StoredPack[] = [];
  await mapInParallel(listed, READS_AT_ONCE, async ([packId, size]) => {
    const pack = await readStrayPack(repository, packId, size, signal);
    if (pack?.blobs.some(({ type, id }) => !repository.index.has(type, id))) found.push(pack);
  });
  return found;
}

async function othersAtWork(repository: Repository, signal: AbortSignal): Promise<boolean> {
  const host = hostname();
  const locks = await listLocks(repository, signal);
  return locks.some(({ lock }) => lock.hostname !== host || lock.pid !== process.pid);
}

/** null for what is no whole pack of this repository. */
async function readStrayPack(
  repository: Repository,
  packId: string,
  size: number,
  signal: AbortSignal,
): Promise<StoredPack | null> {
  const readTail = (bytes: number): Promise<Buffer> => {
    const length = Math.min(bytes, size);
    return repository.store.read('data', packId, { offset: size - length, length }, signal);
  };
  try {
    let tail = readPackHeader(repository.key, packId, size, await readTail(EAGER_HEADER_BYTES));
    if (tail.found === 'more') {
      tail = readPackHeader(repository.key, packId, size, await readTail(tail.bytesNeeded));
    }
    return tail.found === 'header' ? { packId, size, blobs: tail.blobs } : null;
  } catch (error) {
    const { code } = asFailure(error);
    if (code === 'pack-damaged' || code === 'not-found' || code === 'bad-range') return null;
    throw error;
  }
}
