import { randomUUID } from 'node:crypto';
import type { RunLock } from '@breakwater/contract/run';
import { acquireLock } from '@breakwater/restic-format/lock';
import { openRepository } from '@breakwater/restic-format/repository';
import { createRestStore, type RestStore } from '@breakwater/storage-client/rest-store';
import type { Center } from '../center.ts';
import { copyUrl } from '../repositories/create-copy.ts';
import { repositoryAccess } from '../repositories/repository-access.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';

const TOKEN_SECONDS = 300;

/**
 * Locks a copy as restic does, for a node that has no key and cannot: exclusively, or beside others. Throws
 * `repository-locked`, saying by whom.
 */
export async function lockCopy(
  center: Pick<Center, 'db' | 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; url: string },
  exclusive: boolean,
): Promise<RunLock> {
  const { password } = await repositoryAccess(center, repositoryId);
  return withLockStore(center, repositoryId, node, async (store) => {
    const repository = await openRepository(store, password);
    const lock = await acquireLock(repository, {
      exclusive,
      hostname: 'breakwater',
      username: 'control-center',
      pid: process.pid,
      now: center.now,
      // Whether a process on another machine is alive cannot be seen from here: only the time counts.
      isProcessAlive: () => true,
    });
    return { nodeId: node.id, name: lock.name };
  });
}

/** Whether a lock of ours is still there. */
export async function isLocked(
  center: Pick<Center, 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; url: string },
  name: string,
): Promise<boolean> {
  return withLockStore(
    center,
    repositoryId,
    node,
    async (store) => (await store.stat('locks', name)) !== null,
  );
}

/** Removes these locks. What could not be removed now comes back. */
export async function unlockCopies(
  center: Pick<Center, 'links' | 'logger'>,
  repositoryId: string,
  locks: readonly RunLock[],
): Promise<RunLock[]> {
  const left: RunLock[] = [];
  for (const nodeId of new Set(locks.map((lock) => lock.nodeId))) {
    const own = locks.filter((lock) => lock.nodeId === nodeId);
    try {
      const names = own.map(({ name }) => name);
      await center.links.callNode(nodeId, 'remove-locks', { repositoryId, names });
    } catch (error) {
      center.logger.info({ err: error, repositoryId, nodeId }, 'locks could not be removed yet');
      left.push(...own);
    }
  }
  return left;
}

async function withLockStore<T>(
  center: Pick<Center, 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; url: string },
  work: (store: RestStore) => Promise<T>,
): Promise<T> {
  const grant = {
    jti: `lock.${randomUUID()}`,
    subject: 'center',
    nodeId: node.id,
    repositoryId,
    verbs: ['read', 'lock'] as const,
    seconds: TOKEN_SECONDS,
  };
  const { token } = await signStorageToken(center.keys.signing, grant, center.now());
  const store = createRestStore({ url: copyUrl(node.url, repositoryId), token: () => token });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
