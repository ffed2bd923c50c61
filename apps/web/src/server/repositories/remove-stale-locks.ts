import { isStaleLock, listLocks } from '@breakwater/restic-format/lock';
import { openRepository } from '@breakwater/restic-format/repository';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { withCopyStore } from './copy-store.ts';
import { repositoryAccess } from './repository-access.ts';
import { everyCopy } from './repository-records.ts';

/**
 * Removes the locks that nobody has refreshed for half an hour, which runs that were cut off leave behind. restic
 * takes such a lock for dead, too, but somebody has to clear them away. Returns how many; a copy that cannot be read
 * now is left for the next time.
 */
export async function removeStaleLocks(center: Center): Promise<number> {
  let removed = 0;
  for (const { repositoryId, node } of await everyCopy(center.db)) {
    if (!isOnline(node.lastHeartbeatAt, center)) continue;
    try {
      removed += await clear(center, repositoryId, node);
    } catch (error) {
      center.logger.info(
        { err: error, repositoryId, node: node.name },
        'the locks of a copy could not be looked at',
      );
    }
  }
  return removed;
}

async function clear(
  center: Center,
  repositoryId: string,
  node: { id: string; url: string },
): Promise<number> {
  const names = await withCopyStore(center, repositoryId, node, async (store) => {
    // Opening a repository is costly on purpose, and mostly there is no lock at all.
    if ((await store.list('locks')).length === 0) return [];
    const { password } = await repositoryAccess(center, repositoryId);
    const repository = await openRepository(store, password);
    // Whether a process on another machine is alive cannot be seen from here: only the time counts.
    const here = { hostname: '', isProcessAlive: () => true, now: center.now() };
    return (await listLocks(repository))
      .filter(({ lock }) => isStaleLock(lock, here))
      .map(({ name }) => name);
  });
  if (names.length === 0) return 0;
  return (await center.links.callNode(node.id, 'remove-locks', { repositoryId, names })).removed;
}
