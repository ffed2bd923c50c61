import type { RepositoryLock, repositoryLocks } from '@breakwater/contract/repository-care';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { isStaleLock, listLocks } from '@breakwater/restic-format/lock';
import { openRepository } from '@breakwater/restic-format/repository';
import type { z } from 'zod';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { type LockOwner, locksRemoved, ownersOfLocks, runsJustBegun } from '../runs/locks-of-runs.ts';
import { withCopyStore } from './copy-store.ts';
import { type RepositoryRow, repositoryAccess, requireRepository } from './repository-access.ts';

type Copy = RepositoryRow['copies'][number];

/** Runs say which locks are theirs as they go: one that has just begun may not have yet. */
const SETTLING_MS = 60_000;

/** Every lock on every copy that can be looked at, with whose it is. Throws `not-found`. */
export async function listRepositoryLocks(
  center: Center,
  id: string,
): Promise<z.output<typeof repositoryLocks>> {
  const { row, password } = await repositoryAccess(center, id);
  const owners = await ownersOfLocks(center, id);
  const items: RepositoryLock[] = [];
  const unread: z.output<typeof repositoryLocks>['unread'] = [];
  for (const copy of row.copies) {
    const { nodeId } = copy;
    const nodeName = copy.node.name;
    if (!isOnline(copy.node.lastHeartbeatAt, center)) {
      unread.push({ nodeId, nodeName, reason: 'offline' });
      continue;
    }
    try {
      items.push(...(await locksOn(center, id, password, copy, owners)));
    } catch (error) {
      unread.push({ nodeId, nodeName, reason: asFailure(error).message });
    }
  }
  return { items, unread };
}

async function locksOn(
  center: Center,
  id: string,
  password: string,
  { nodeId, node }: Copy,
  owners: readonly LockOwner[],
): Promise<RepositoryLock[]> {
  return withCopyStore(center, id, node, async (store) => {
    if ((await store.list('locks')).length === 0) return [];
    const repository = await openRepository(store, password);
    // Whether a process on another machine is alive cannot be seen from here: only the time counts.
    const here = { hostname: '', isProcessAlive: () => true, now: center.now() };
    return (await listLocks(repository)).map(({ name, lock }) => ({
      nodeId,
      nodeName: node.name,
      lockName: name,
      exclusive: lock.exclusive,
      hostname: lock.hostname,
      username: lock.username,
      pid: lock.pid,
      since: new Date(lock.timeMs).toISOString(),
      runId: owners.find((owner) => owner.nodeId === nodeId && owner.name === name)?.runId ?? null,
      stale: isStaleLock(lock, here),
    }));
  });
}

/**
 * Removes one lock from one copy. Throws `conflict` while the run that it belongs to, or may belong to, goes on,
 * `not-found` for a lock that is not there, `node-offline`.
 */
export async function removeRepositoryLock(
  center: Center,
  wanted: { id: string; nodeId: string; name: string },
  by: string,
): Promise<void> {
  const { id, nodeId, name } = wanted;
  const row = await requireRepository(center, id);
  const copy = row.copies.find((one) => one.nodeId === nodeId);
  if (copy === undefined) throw new Failure('not-found', `this repository has no copy on the node ${nodeId}`);
  const owners = await ownersOfLocks(center, id);
  const owner = owners.find((one) => one.nodeId === nodeId && one.name === name);
  if (owner?.alive === true) {
    throw new Failure(
      'conflict',
      `the run ${owner.runId} goes on, and this lock is its own: cancel it first`,
    );
  }
  if (owner === undefined) await refuseWhileBeginning(center, id, owners);
  const { removed } = await center.links.callNode(nodeId, 'remove-locks', {
    repositoryId: id,
    names: [name],
  });
  if (removed === 0) throw new Failure('not-found', `there is no lock ${name} on ${copy.node.name}`);
  center.live.changed('repositories', id);
  await center.events.record({
    level: 'info',
    kind: 'lock-removed',
    remark: say('lock-removed', { by, node: copy.node.name, of: row.sourceAddress ?? id }),
    subject: { type: 'repository', id },
  });
}

async function refuseWhileBeginning(
  center: Center,
  repositoryId: string,
  owners: readonly LockOwner[],
): Promise<void> {
  const begun = await runsJustBegun(center, repositoryId, SETTLING_MS);
  const silent = begun.find((runId) => !owners.some((owner) => owner.runId === runId));
  if (silent === undefined) return;
  throw new Failure(
    'conflict',
    `the run ${silent} has just begun and has not said yet which locks are its own: try again in a minute`,
    { retryable: true },
  );
}

/**
 * Removes the locks that runs of this repository which have ended left behind, from the nodes that can be reached;
 * the others' turn comes later. Returns how many.
 */
export async function removeLocksOfEndedRuns(center: Center, repositoryId: string): Promise<number> {
  const left = (await ownersOfLocks(center, repositoryId)).filter(({ alive }) => !alive);
  let removed = 0;
  for (const nodeId of new Set(left.map((lock) => lock.nodeId))) {
    const own = left.filter((lock) => lock.nodeId === nodeId);
    try {
      const names = own.map(({ name }) => name);
      removed += (await center.links.callNode(nodeId, 'remove-locks', { repositoryId, names })).removed;
    } catch (error) {
      center.logger.info(
        { err: error, repositoryId, nodeId },
        'locks of ended runs could not be removed yet',
      );
      continue;
    }
    for (const runId of new Set(own.map((lock) => lock.runId))) await locksRemoved(center, runId, nodeId);
  }
  return removed;
}
