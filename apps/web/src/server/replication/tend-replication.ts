import type { RunLock } from '@breakwater/contract/run';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import type { RunRow } from '../runs/find-runs.ts';
import { storedLocks } from '../runs/locks-of-runs.ts';
import { runAsk } from '../runs/run-ask.ts';
import { noteOnReplication } from '../runs/run-lease.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { isLocked, lockCopy, unlockCopies } from './copy-locks.ts';
import { giveBack, type ReplicationAsk } from './give-back.ts';
import { takeTurn } from './replication-records.ts';
import { LEASE_MS, RENEW_AFTER_MS, sourceGrant } from './replication-terms.ts';

/** Who has taken the turn has so long for it. */
const TURN_MS = 30_000;
/** Locking and sending take seconds; after so long they were cut off. */
const SENDING_MS = 120_000;

/**
 * Looks after one replication that is out: renews our locks and the node's lease, tells of a cancel, and takes the
 * run back from a node that can no longer write. Called every few seconds, on every instance. True when it moved.
 */
export async function tendReplication(center: Center, run: RunRow): Promise<boolean> {
  const ask = runAsk.parse(run.order);
  if (ask.kind !== 'replicate') return false;
  const now = center.now();
  const lease = run.leaseUntil?.getTime() ?? null;
  if (lease === null ? now - (run.dispatchedAt?.getTime() ?? 0) > SENDING_MS : now > lease) {
    const remark = lease === null ? say('order-not-taken', {}) : say('fetching-node-silent', {});
    await giveBack(center, run, ask, { remark });
    return true;
  }
  const renews = lease !== null && !ask.mirror && lease - LEASE_MS + RENEW_AFTER_MS <= now;
  if (!renews && run.cancelRequestedAt === null) return false;
  if (now - (run.tendedAt?.getTime() ?? 0) < TURN_MS || !(await takeTurn(center.db, run, new Date(now)))) {
    return false;
  }
  try {
    return run.cancelRequestedAt !== null ? await stop(center, run, ask) : await renew(center, run, ask);
  } catch (error) {
    // The lease goes on for a while yet, and the next turn comes.
    center.logger.warn({ err: error, runId: run.id }, 'a replication could not be looked after now');
    return false;
  }
}

async function stop(center: Center, run: RunRow, ask: ReplicationAsk): Promise<boolean> {
  const name = { runId: run.id, attempt: run.attempt };
  if ((await center.links.callNode(ask.nodeId, 'stop-replication', name)).held) return false;
  await giveBack(center, run, ask, { remark: say('fetching-node-restarted', {}), atOnce: true });
  return true;
}

async function renew(center: Center, run: RunRow, ask: ReplicationAsk): Promise<boolean> {
  const repositoryId = run.repositoryId ?? '';
  const old = storedLocks.parse(run.locks);
  const fresh: RunLock[] = [];
  const startedAt = center.now();
  for (const nodeId of [ask.sourceId ?? '', ask.nodeId]) {
    const node = await center.storageNodes.record(nodeId);
    const own = old.filter((lock) => lock.nodeId === nodeId);
    const held = node !== null && (await anyLocked(center, repositoryId, node, own));
    if (node === null || !held) {
      // Somebody removed it, and may have removed packs since: nothing more is to be built upon what was listed.
      await center.links.callNode(ask.nodeId, 'stop-replication', { runId: run.id, attempt: run.attempt });
      await giveBack(center, run, ask, {
        remark: say('replication-lock-lost', { node: node?.name ?? nodeId }),
      });
      return true;
    }
    fresh.push(await lockCopy(center, repositoryId, node, false));
    await noteOnReplication(center.db, run, { locks: [...old, ...fresh] });
  }
  const left = await unlockCopies(center, repositoryId, old);
  await noteOnReplication(center.db, run, { locks: [...left, ...fresh] });
  const { token } = await signStorageToken(
    center.keys.signing,
    sourceGrant(run, ask.sourceId ?? ''),
    center.now(),
  );
  const { held } = await center.links.callNode(ask.nodeId, 'renew-replication', {
    runId: run.id,
    attempt: run.attempt,
    token,
    leaseMs: LEASE_MS,
  });
  if (!held) {
    const locks = [...left, ...fresh];
    await giveBack(center, { ...run, locks }, ask, {
      remark: say('fetching-node-restarted', {}),
      atOnce: true,
    });
    return true;
  }
  await noteOnReplication(center.db, run, { leaseUntil: new Date(startedAt + LEASE_MS) });
  return false;
}

async function anyLocked(
  center: Center,
  repositoryId: string,
  node: { id: string; url: string },
  locks: readonly RunLock[],
): Promise<boolean> {
  for (const { name } of locks) if (await isLocked(center, repositoryId, node, name)) return true;
  return false;
}
