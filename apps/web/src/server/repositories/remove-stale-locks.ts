import { randomUUID } from 'node:crypto';
import { isStaleLock, listLocks } from '@breakwater/restic-format/lock';
import { openRepository } from '@breakwater/restic-format/repository';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { copyUrl } from './create-copy.ts';
import { repositoryAccess } from './repository-access.ts';
import { everyCopy } from './repository-records.ts';

const TOKEN_SECONDS = 300;

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
  const grant = {
    jti: `locks.${randomUUID()}`,
    subject: 'center',
    nodeId: node.id,
    repositoryId,
    verbs: ['read'] as const,
    seconds: TOKEN_SECONDS,
  };
  const { token } = await signStorageToken(center.keys.signing, grant, center.now());
  const store = createRestStore({ url: copyUrl(node.url, repositoryId), token: () => token });
  try {
    // Opening a repository is costly on purpose, and mostly there is no lock at all.
    if ((await store.list('locks')).length === 0) return 0;
    const { password } = await repositoryAccess(center, repositoryId);
    const repository = await openRepository(store, password);
    // Whether a process on another machine is alive cannot be seen from here: only the time counts.
    const here = { hostname: '', isProcessAlive: () => true, now: center.now() };
    const names = (await listLocks(repository))
      .filter(({ lock }) => isStaleLock(lock, here))
      .map(({ name }) => name);
    if (names.length === 0) return 0;
    return (await center.links.callNode(node.id, 'remove-locks', { repositoryId, names })).removed;
  } finally {
    store.close();
  }
}
