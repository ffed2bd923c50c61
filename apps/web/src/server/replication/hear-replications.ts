import type { ReplicationEnd, ReplicationName } from '@breakwater/contract/replication';
import { isFinal, type RunState } from '@breakwater/domain/run-state';
import type { Center } from '../center.ts';
import { say, storedRemark } from '../remarks/say.ts';
import { startedAtNode } from '../runs/advance-run.ts';
import { requireRun, type RunRow } from '../runs/find-runs.ts';
import { endReplicationRun } from '../runs/end-replication-run.ts';
import { storedLocks } from '../runs/locks-of-runs.ts';
import { runAsk } from '../runs/run-ask.ts';
import { replicationPauseMs } from '@breakwater/domain/copies-plan';
import { unlockCopies } from './copy-locks.ts';
import { giveBack, type ReplicationAsk } from './give-back.ts';
import { lookAtSnapshots } from './held-snapshots.ts';
import { holdBack, notePrunedAs, noteReplicated, replicationsTo } from './replication-records.ts';

/** An order that was just sent, or taken, may not be in a heartbeat that was made before. */
const UNLISTED_MS = { sent: 30_000, taken: 8000 };

/** Compares what a node says that it fetches with what it was asked to: one that it has lost is given out again. */
export async function hearReplications(
  center: Center,
  nodeId: string,
  listed: readonly ReplicationName[],
): Promise<void> {
  for (const { id, attempt, dispatchedAt } of await replicationsTo(center.db, nodeId)) {
    const isListed = listed.some((one) => one.runId === id && one.attempt === attempt);
    const run = await requireRun(center, id);
    const ask = runAsk.parse(run.order);
    if (ask.kind !== 'replicate' || run.attempt !== attempt) continue;
    if (isListed) {
      if (run.state === 'dispatched') await startedAtNode(center, run);
      continue;
    }
    const [since, within] =
      run.startedAt === null ? [dispatchedAt, UNLISTED_MS.sent] : [run.startedAt, UNLISTED_MS.taken];
    if (center.now() - (since?.getTime() ?? 0) <= within) continue;
    await giveBack(center, run, ask, { remark: say('fetching-node-restarted', {}), atOnce: true });
  }
}

/**
 * A replication has ended at its node. Resolves when it is written down; a node that cannot be looked at now throws,
 * and tells it again.
 */
export async function endReplication(center: Center, nodeId: string, end: ReplicationEnd): Promise<void> {
  const run = await requireRun(center, end.runId).catch(() => null);
  const ask = run === null ? null : runAsk.parse(run.order);
  if (run === null || ask?.kind !== 'replicate' || ask.nodeId !== nodeId) return;
  const repositoryId = run.repositoryId ?? '';
  const node = await center.storageNodes.record(nodeId);
  // However it ended: snapshots that are there are there.
  if (node !== null) await lookAtSnapshots(center, repositoryId, node);
  center.live.changed('repositories', repositoryId);
  if (end.fetched.files > 0) center.live.changed('snapshots');
  if (run.attempt !== end.attempt || isFinal(run.state as RunState)) return;
  const { failure } = end;
  if (end.outcome === 'failed' && failure?.retryable === true) {
    const remark = say('failure', { code: failure.code, detail: failure.message });
    await giveBack(center, run, ask, { remark, failure });
    return;
  }
  await finish(center, run, ask, end);
}

async function finish(center: Center, run: RunRow, ask: ReplicationAsk, end: ReplicationEnd): Promise<void> {
  const repositoryId = run.repositoryId ?? '';
  const copy = { repositoryId, nodeId: ask.nodeId };
  const locks = await unlockCopies(center, repositoryId, storedLocks.parse(run.locks));
  const { failure, outcome } = end;
  const remark =
    outcome === 'cancelled'
      ? storedRemark(run.remark, run.reason)
      : failure === null
        ? null
        : say('failure', { code: failure.code, detail: failure.message });
  const ended = await endReplicationRun(center, run, end, { remark, locks }, async (tx, at) => {
    if (outcome === 'succeeded') {
      await noteReplicated(tx, copy, at, end.fetched.files > 0);
      if (ask.mirror && ask.sourceId !== null) await notePrunedAs(tx, copy, ask.sourceId);
    }
    if (outcome !== 'failed') return;
    await holdBack(tx, copy, new Date(at.getTime() + replicationPauseMs(run.attempt + 4)), true);
  });
  // What else its copies need, such as the other way round.
  if (ended) await center.jobs.enqueueCare(repositoryId).catch(() => undefined);
}
