import type { RunLock } from '@breakwater/contract/run';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import type { DispatchResult } from '../dispatch/dispatch-run.ts';
import { say } from '../remarks/say.ts';
import { createCopy } from '../repositories/create-copy.ts';
import { endCancelledRun, failRun } from '../runs/advance-run.ts';
import { claimReplication, setAside } from '../runs/claim-run.ts';
import type { RunRow } from '../runs/find-runs.ts';
import { storedLocks } from '../runs/locks-of-runs.ts';
import { noteOnReplication } from '../runs/run-lease.ts';
import { startedAtNode } from '../runs/advance-run.ts';
import type { StorageNodeRecord } from '../storage-nodes/storage-nodes.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { type CopiesOfRepository, copiesOfRepository, sourceFor } from './copies-of-repository.ts';
import { lockCopy } from './copy-locks.ts';
import { giveBack, type ReplicationAsk } from './give-back.ts';
import { lookAtSnapshots } from './held-snapshots.ts';
import { requireWholeSource } from './require-whole-source.ts';
import { countReplicationsTo } from './replication-records.ts';
import { LEASE_MS, sourceGrant } from './replication-terms.ts';

/** A node that fetches more at once finishes none of them sooner. */
const MAX_AT_ONE_NODE = 4;
const SEND_TIMEOUT_MS = 20_000;

/**
 * Looks at one pending replication: has its node fetch from the best copy, under locks of ours on both, or writes
 * down why it waits. Safe to call any number of times, also on several instances at once.
 */
export async function dispatchReplication(
  center: Center,
  run: RunRow,
  ask: ReplicationAsk,
): Promise<DispatchResult> {
  const { repositoryId } = run;
  if (repositoryId === null) throw new Failure('internal', `the run ${run.id} has no repository`);
  const before = await copiesOfRepository(center, repositoryId);
  const target = before.records.get(ask.nodeId);
  if (target === undefined) {
    const remark = say('copy-node-gone', {});
    await failRun(center, run, { code: 'not-found', message: remark.text, retryable: false }, remark);
    return { result: 'failed' };
  }
  const waits = await whyWait(center, run, before, target);
  if (waits !== null) return waits;
  try {
    await createCopy(center, repositoryId, target.id);
    await lookAtSnapshots(center, repositoryId, target);
    const facts = await copiesOfRepository(center, repositoryId);
    const source = ask.mirror ? sourceOfMirror(facts, ask) : sourceFor(facts, target.id);
    if (source === null) return await withoutSource(center, run, facts, target.id);
    const claim = await claimReplication(center, run, repositoryId, { ...ask, sourceId: source.id });
    if (claim.result !== 'dispatched') return { result: claim.result };
    return await send(center, claim.run, ask, { source, target });
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === 'internal') throw error;
    const { code, message, retryable } = failure;
    const remark = say('failure', { code, detail: message });
    if (retryable) return { result: (await setAside(center, run, { verdict: 'wait', remark })).result };
    await failRun(center, run, { code, message, retryable }, remark);
    return { result: 'failed' };
  }
}

async function whyWait(
  center: Center,
  run: RunRow,
  facts: CopiesOfRepository,
  target: StorageNodeRecord,
): Promise<DispatchResult | null> {
  const wait = async (remark: ReturnType<typeof say>): Promise<DispatchResult> => ({
    result: (await setAside(center, run, { verdict: 'wait', remark })).result,
  });
  const row = facts.rows.find(({ nodeId }) => nodeId === target.id);
  const pauseMs = (row?.replicateAfter?.getTime() ?? 0) - center.now();
  // Its reason is what it was held back for, and stays.
  if (pauseMs > 0 && run.trigger === 'schedule') return { result: 'held', forMs: pauseMs };
  if (facts.nodes.find(({ nodeId }) => nodeId === target.id)?.online !== true) {
    return wait(say('node-refused', { node: target.name, why: 'offline', detail: null }));
  }
  if ((await countReplicationsTo(center.db, target.id)) >= MAX_AT_ONE_NODE) {
    return wait(say('node-fetches-enough', { node: target.name }));
  }
  return null;
}

/** Only the one that was pruned and checked will do. */
function sourceOfMirror(facts: CopiesOfRepository, { sourceId }: ReplicationAsk): StorageNodeRecord | null {
  const isOnline = facts.nodes.some(({ nodeId, online }) => nodeId === sourceId && online);
  return isOnline && sourceId !== null ? (facts.records.get(sourceId) ?? null) : null;
}

async function withoutSource(
  center: Center,
  run: RunRow,
  facts: CopiesOfRepository,
  targetId: string,
): Promise<DispatchResult> {
  const own = facts.copies.find(({ nodeId }) => nodeId === targetId)?.snapshots ?? new Set<string>();
  const holders = facts.copies.filter(({ snapshots }) => [...snapshots].some((id) => !own.has(id)));
  if (holders.length === 0) {
    await endCancelledRun(center, run, say('nothing-to-replicate', {}));
    return { result: 'cancelled' };
  }
  const nodes = holders.map(({ nodeId }) =>
    say('node-refused', { node: facts.records.get(nodeId)?.name ?? nodeId, why: 'offline', detail: null }),
  );
  const remark = say('copies-away', { nodes });
  return { result: (await setAside(center, run, { verdict: 'wait', remark })).result };
}

async function send(
  center: Center,
  run: RunRow,
  ask: ReplicationAsk,
  { source, target }: { source: StorageNodeRecord; target: StorageNodeRecord },
): Promise<DispatchResult> {
  const { id: runId, attempt } = run;
  const repositoryId = run.repositoryId ?? '';
  let locked: RunRow = run;
  try {
    const locks: RunLock[] = storedLocks.parse(run.locks);
    for (const [node, exclusive] of [
      [source, false],
      [target, ask.mirror],
    ] as const) {
      locks.push(await lockCopy(center, repositoryId, node, exclusive));
      locked = { ...locked, locks };
      await noteOnReplication(center.db, run, { locks });
    }
    // Only now that nothing is forgotten meanwhile: what was, up to here, is not fetched.
    const there = await lookAtSnapshots(center, repositoryId, source);
    const own = await lookAtSnapshots(center, repositoryId, target);
    const forgotten = [...there.forgotten, ...own.forgotten];
    if (ask.mirror) await requireWholeSource(center, repositoryId, source);
    const { token } = await signStorageToken(center.keys.signing, sourceGrant(run, source.id), center.now());
    const now = center.now();
    // Before it is sent: an order whose answer is lost may have got through.
    await noteOnReplication(center.db, run, {
      leaseUntil: new Date(now + LEASE_MS),
      tendedAt: new Date(now),
    });
    await center.links.callNode(
      target.id,
      'replicate',
      {
        runId,
        attempt,
        repositoryId,
        source: { nodeId: source.id, nodeName: source.name, url: source.url, token },
        forgotten: [...new Set(forgotten)],
        mirror: ask.mirror,
        bytesPerSecond: center.config.replicationBytesPerSecond,
        leaseMs: LEASE_MS,
      },
      SEND_TIMEOUT_MS,
    );
    await startedAtNode(center, run);
    return { result: 'sent' };
  } catch (error) {
    const { code, message, retryable } = asFailure(error);
    // It may have got through all the same: heartbeats tell.
    if (code === 'timeout') return { result: 'sent' };
    const remark = say('failure', { code, detail: message });
    await giveBack(center, locked, ask, { remark, failure: { code, message, retryable } });
    return { result: 'waiting' };
  }
}
