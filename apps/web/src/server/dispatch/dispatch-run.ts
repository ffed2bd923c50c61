import type { RunOrder } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { type AgentPulse, decideDispatch } from '@breakwater/domain/heartbeat';
import type { AgentRecord } from '../agents/agents.ts';
import { bandwidthForRun } from '../bandwidth/bandwidth-now.ts';
import type { Center } from '../center.ts';
import { Prisma } from '../db/generated/client.ts';
import { say, sayObstacle } from '../remarks/say.ts';
import { dispatchReplication } from '../replication/dispatch-replication.ts';
import { ensureRepository } from '../repositories/ensure-repository.ts';
import { repositoryAccess } from '../repositories/repository-access.ts';
import { requireVersion2 } from '../repositories/require-version-2.ts';
import { acceptRun, endCancelledRun, failRun, returnRun } from '../runs/advance-run.ts';
import { claimRun, setAside } from '../runs/claim-run.ts';
import { type RunRow, requireRun } from '../runs/find-runs.ts';
import { type RunAsk, runAsk } from '../runs/run-ask.ts';
import { serverOf } from '../runs/settle-run.ts';
import { wakeRun } from '../runs/start-run.ts';
import { agentPulse } from './agent-pulse.ts';
import { decideForget } from './decide-forget.ts';
import { distrustedPacks } from './distrusted-packs.ts';
import { judgeNodes, type PlannedNode, planNodes, withTokens } from './run-nodes.ts';
import { sharingOf, takePlace } from './share-nodes.ts';
import { usualNode } from './usual-node.ts';

export type DispatchResult =
  | { result: 'nothing to do' }
  /** Peers may still be on their way back to us: looked at again later. */
  | { result: 'held'; forMs: number }
  | { result: 'sent' | 'waiting' | 'stopped' | 'failed' | 'cancelled' | 'lost' };

const SEND_TIMEOUT_MS = 20_000;

/**
 * Looks at one pending run: sends it to its agent, or writes down why it waits, was stopped or failed. Safe to call
 * any number of times, at once and on several instances: the run goes out once for each attempt.
 */
export async function dispatchRun(center: Center, runId: string): Promise<DispatchResult> {
  const run = await requireRun(center, runId);
  if (run.state !== 'queued' && run.state !== 'waiting') return { result: 'nothing to do' };
  const ask = runAsk.parse(run.order);
  if (ask.kind === 'replicate') return dispatchReplication(center, run, ask);
  const wish = { kind: run.kind, ifAgentSilent: run.ifAgentSilent === 'wait' ? 'wait' : 'stop' } as const;

  const agent = await agentFor(center, run);
  if (ask.kind === 'backup' && agent?.role === 'maintenance') {
    // Before anything is made for it: no wait and no repository would ever be of use.
    const remark = say('maintenance-backs-nothing-up', { address: agent.address });
    await failRun(center, run, { code: 'unknown-address', message: remark.text, retryable: false }, remark);
    return { result: 'failed' };
  }
  const pulse = agent === null ? null : await agentPulse(center, agent);
  const decide = (busyWithBackup: boolean) =>
    decideDispatch(
      { ...(pulse ?? nobody), busyWithBackup },
      wish,
      center.config.heartbeatWindowMs,
      center.now(),
    );
  const first = decide(false);
  if (first.verdict !== 'dispatch') {
    const forMs = first.code === 'agent-silent' ? graceOf(center, pulse) : 0;
    if (forMs > 0) return hold(center, run, forMs);
    const remark = agent === null ? noAgent(run) : sayObstacle(first.obstacle);
    return { result: (await setAside(center, run, { verdict: first.verdict, remark })).result };
  }
  if (agent === null) throw new Failure('internal', 'a run was to be dispatched to no agent');

  try {
    const repositoryId = run.repositoryId ?? (await repositoryOf(center, run));
    if (ask.kind === 'backup' || ask.kind === 'prune') await requireVersion2(center, repositoryId);
    const decision = ask.kind === 'forget' ? await decideForget(center, run, repositoryId) : null;
    if (decision !== null && decision.verdict !== 'forget') {
      const { verdict, remark } = decision;
      if (verdict === 'wait') return { result: (await setAside(center, run, { verdict, remark })).result };
      await endCancelledRun(center, run, remark);
      return { result: 'cancelled' };
    }
    const asked = decision?.ask ?? ask;
    const nodes = await planNodes(center, {
      ask: asked,
      taskId: run.taskId,
      repositoryId,
      agentId: agent.id,
    });
    const usable = judgeNodes(asked, nodes);
    if (!usable.ok) {
      const forMs = usable.mayComeBack ? graceAfterStart(center) : 0;
      if (forMs > 0) return hold(center, run, forMs);
      if (usable.mayComeBack && waitsForCopies(run, ask)) {
        const { remark } = usable;
        return { result: (await setAside(center, run, { verdict: 'wait', remark })).result };
      }
      const code = ask.kind === 'backup' ? 'no-node' : 'node-offline';
      const { remark } = usable;
      await failRun(center, run, { code, message: remark.text, retryable: true }, remark);
      return { result: 'failed' };
    }
    if (asked.kind !== 'backup') {
      const claim = await claimRun(center, run, agent.id, repositoryId, decide, async () =>
        decision === null ? {} : { order: asked },
      );
      if (claim.result !== 'dispatched') return { result: claim.result };
      return await send(center, claim.run, asked, agent, { nodes, usualNodeId: null });
    }
    const usualNodeId = await usualNode(center, { taskId: run.taskId, repositoryId });
    const sharing = await sharingOf(center, agent.id);
    const { strategy, pinnedNodeId } = asked;
    const options = { strategy, pinnedNodeId, usualNodeId, margin: center.config.placementMargin };
    let shared: readonly PlannedNode[] = nodes;
    const claim = await claimRun(center, run, agent.id, repositoryId, decide, async (tx) => {
      const place = await takePlace(tx, run.id, nodes, sharing, options);
      shared = place.nodes;
      return { reservation: place.reservation ?? Prisma.DbNull };
    });
    if (claim.result !== 'dispatched') return { result: claim.result };
    return await send(center, claim.run, asked, agent, { nodes: shared, usualNodeId });
  } catch (error) {
    // Trouble of our own (the database was away) is not the run's: the job is tried again, and the sweep after it.
    if (!(error instanceof Failure) || error.code === 'internal' || error.retryable) throw error;
    center.logger.error({ err: error, runId }, 'a run could not be dispatched');
    const { code, message, retryable } = error;
    await failRun(center, await requireRun(center, runId), { code, message, retryable });
    return { result: 'failed' };
  }
}

const nobody: AgentPulse = {
  lastHeartbeatAt: null,
  connected: false,
  clockOffsetMs: null,
  busyWithBackup: false,
};

interface Planned {
  nodes: readonly PlannedNode[];
  usualNodeId: string | null;
}

async function send(
  center: Center,
  run: RunRow,
  ask: RunAsk,
  agent: AgentRecord,
  planned: Planned,
): Promise<DispatchResult> {
  const order = await orderOf(center, run, ask, agent, planned);
  const bandwidth = await bandwidthForRun(center, agent.id, { runId: run.id, taskId: run.taskId });
  try {
    const answer = await center.links.callAgent(
      agent.id,
      'run',
      { ...order, ...(bandwidth !== null && { bandwidth }) },
      SEND_TIMEOUT_MS,
    );
    if (answer.accepted) {
      await acceptRun(center, run);
      return { result: 'sent' };
    }
    await returnRun(center, run, say('order-turned-down', { detail: answer.reason }));
    return { result: 'waiting' };
  } catch (error) {
    const failure = asFailure(error);
    // It may have got through all the same: the next heartbeats tell, and the sweep acts on them.
    if (failure.code === 'timeout') return { result: 'sent' };
    if (failure.code === 'agent-offline' || failure.retryable) {
      const { code, message: detail } = failure;
      await returnRun(center, run, say('failure', { code, detail }));
      return { result: 'waiting' };
    }
    throw failure;
  }
}

async function orderOf(
  center: Center,
  run: RunRow,
  ask: RunAsk,
  agent: AgentRecord,
  planned: Planned,
): Promise<RunOrder> {
  const { id: runId, attempt } = run;
  const { repositoryId, password } = await repositoryAccess(center, run.repositoryId ?? '');
  const repository = { repositoryId, password };
  const nodes = await withTokens(
    center,
    { id: runId, attempt, agentId: agent.id, repositoryId, kind: ask.kind },
    planned.nodes,
  );
  if (ask.kind === 'backup') {
    const { paths, commands, hooks, excludes, strategy, pinnedNodeId } = ask;
    const tags = run.taskId === null ? [] : [`task:${run.taskId}`];
    const hostname = run.sourceAddress ?? agent.address;
    return {
      kind: 'backup',
      runId,
      attempt,
      repository,
      hostname,
      paths,
      commands,
      hooks,
      excludes,
      tags,
      strategy,
      pinnedNodeId,
      usualNodeId: planned.usualNodeId,
      margin: center.config.placementMargin,
      nodes,
    };
  }
  const readable = nodes.filter((node) => node.refusal === null);
  if (ask.kind === 'restore') {
    const { snapshotId, paths, targetPath } = ask;
    return { kind: 'restore', runId, attempt, repository, snapshotId, paths, targetPath, nodes: readable };
  }
  if (ask.kind === 'forget') {
    return { kind: 'forget', runId, attempt, repository, snapshotIds: ask.snapshotIds, nodes: readable };
  }
  if (ask.kind === 'prune') {
    const distrusted = (await distrustedPacks(center, repositoryId))(ask.nodeId);
    return {
      kind: 'prune',
      runId,
      attempt,
      repository,
      maxUnused: ask.maxUnused,
      ...distrusted,
      nodes: readable,
    };
  }
  if (ask.kind === 'replicate') throw new Failure('internal', 'a replication is no order for an agent');
  const { readData, readDataSubset } = ask;
  const subset = readDataSubset === undefined ? {} : { readDataSubset };
  return { kind: 'check', runId, attempt, repository, readData, ...subset, nodes: readable };
}

/** What nobody asked for now can wait until the copies are there; and snapshots go from all copies or from none. */
function waitsForCopies(run: RunRow, ask: RunAsk): boolean {
  if (ask.kind === 'forget' || ask.kind === 'prune') return true;
  return ask.kind === 'check' && run.trigger === 'schedule';
}

async function agentFor(center: Center, run: RunRow): Promise<AgentRecord | null> {
  const address = serverOf(run);
  if (address !== null) return center.agents.byAddress(address);
  const trusted = (await center.agents.all()).filter((agent) => agent.role === 'maintenance');
  // Whoever was heard last is the most likely to be there.
  trusted.sort((a, b) => (b.lastHeartbeatAt?.getTime() ?? 0) - (a.lastHeartbeatAt?.getTime() ?? 0));
  return trusted[0] ?? null;
}

function noAgent(run: RunRow): Remark {
  const address = serverOf(run);
  return address === null ? say('no-maintenance-agent', {}) : say('no-agent', { address });
}

async function repositoryOf(center: Center, run: RunRow): Promise<string> {
  if (run.sourceAddress === null) throw new Failure('internal', `the run ${run.id} has no repository`);
  return (await ensureRepository(center, run.sourceAddress)).id;
}

async function hold(center: Center, run: RunRow, forMs: number): Promise<DispatchResult> {
  await wakeRun(center, run.id, forMs);
  return { result: 'held', forMs };
}

/**
 * How long an agent that is not there may still be on its way: it has disconnected within its window, or nobody has
 * had a window's time to reconnect since this control center started.
 */
function graceOf(center: Center, pulse: AgentPulse | null): number {
  if (pulse === null || pulse.lastHeartbeatAt === null) return 0;
  const window = center.config.heartbeatWindowMs;
  return Math.max(graceAfterStart(center), pulse.lastHeartbeatAt + window + 1 - center.now());
}

function graceAfterStart(center: Center): number {
  return center.links.listeningSince + center.config.heartbeatWindowMs - center.now();
}
