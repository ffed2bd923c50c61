import type { RunNode } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import { estimateBytesToSend } from '@breakwater/domain/estimate-bytes';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { knownCopies } from '../repositories/copies.ts';
import type { RunAsk } from '../runs/run-ask.ts';
import { snapshotHistory } from '../snapshots/snapshot-history.ts';
import { nodesHolding, nodesHoldingAny } from '../snapshots/nodes-holding.ts';
import { measuredSpeeds } from '../speeds/measured-speeds.ts';
import type { StorageNodeRecord } from '../storage-nodes/storage-nodes.ts';
import { runGrant } from '../storage-tokens/run-grant.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { distrustedPacks } from './distrusted-packs.ts';
import { type NodeFacts, refuseSource, refuseTarget } from './refuse-node.ts';

/** The nodes of one run as an agent is told of them, but for the tokens. */
export type PlannedNode = Omit<RunNode, 'token'>;

/**
 * Every node that a run may have to do with, and why not where it may not: for a backup all nodes that are
 * enrolled, for a restore those whose copy holds the snapshot (fastest to this agent first), for a forget all that
 * hold one of the snapshots, for a check or prune the one asked for.
 */
export async function planNodes(
  center: Center,
  run: { ask: RunAsk; taskId: string | null; repositoryId: string; agentId: string },
): Promise<PlannedNode[]> {
  const all = await center.storageNodes.all();
  const copies = await knownCopies(center, run.repositoryId);
  const { ask } = run;
  const distrustedOn = ask.kind === 'backup' ? await distrustedPacks(center, run.repositoryId) : () => ({});
  const window = center.config.heartbeatWindowMs;
  const now = center.now();
  const plan = (
    node: StorageNodeRecord,
    refusal: string | null,
    bytesToSend: number | null,
  ): PlannedNode => ({
    nodeId: node.id,
    nodeName: node.name,
    url: node.url,
    refusal,
    freeBytes: node.freeBytes === null ? null : Number(node.freeBytes),
    bytesToSend,
    quotaLeftBytes: node.quotaLeftBytes === null ? null : Number(node.quotaLeftBytes),
    hasCopy: copies.has(node.id),
    ...distrustedOn(node.id),
  });
  if (ask.kind === 'backup') {
    const history = await snapshotHistory(center, { ...run, paths: ask.paths });
    // Where a snapshot lies, of whichever task, the bytes are that one's.
    const states = all.map(({ id }) => ({
      nodeId: id,
      leftoverBytes: history.holding.has(id) ? 0 : (copies.get(id) ?? 0),
    }));
    const lacks = estimateBytesToSend(history, states);
    return all.map((node) =>
      plan(node, refuseTarget(factsOf(node), window, now), lacks.get(node.id) ?? null),
    );
  }
  if (ask.kind === 'restore') {
    const holding = await nodesHolding(center, ask.snapshotId);
    const speeds = await measuredSpeeds(center, run.agentId);
    return all
      .filter((node) => holding.has(node.id))
      .sort((a, b) => (speeds.get(b.id) ?? 0) - (speeds.get(a.id) ?? 0))
      .map((node) => plan(node, refuseSource(factsOf(node), window, now), null));
  }
  if (ask.kind === 'forget') {
    const holding = await nodesHoldingAny(center, run.repositoryId, ask.snapshotIds);
    return all
      .filter((node) => holding.has(node.id))
      .map((node) => plan(node, refuseSource(factsOf(node), window, now), null));
  }
  return all
    .filter((node) => node.id === ask.nodeId)
    .map((node) => plan(node, refuseSource(factsOf(node), window, now), null));
}

/** The same with a token for each node, of this attempt. */
export async function withTokens(
  center: Pick<Center, 'keys' | 'now'>,
  run: { id: string; attempt: number; agentId: string; repositoryId: string; kind: RunAsk['kind'] },
  nodes: readonly PlannedNode[],
): Promise<RunNode[]> {
  const { id: runId, attempt, agentId, repositoryId, kind } = run;
  return Promise.all(
    nodes.map(async (node) => {
      const grant = runGrant({ runId, attempt, agentId, repositoryId, kind }, node.nodeId);
      const { token } = await signStorageToken(center.keys.signing, grant, center.now());
      return { ...node, token };
    }),
  );
}

/**
 * Whether any of the planned nodes can do it, or all where all have to; otherwise why not. `mayComeBack`: one of them is only
 * offline.
 */
export function judgeNodes(
  ask: RunAsk,
  nodes: readonly PlannedNode[],
): { ok: true } | { ok: false; remark: Remark; mayComeBack: boolean } {
  const pinned = ask.kind === 'backup' ? ask.pinnedNodeId : null;
  const wanted = pinned === null ? nodes : nodes.filter((node) => node.nodeId === pinned);
  const usable = wanted.filter((node) => node.refusal === null);
  if (ask.kind === 'forget' ? usable.length === nodes.length && nodes.length > 0 : usable.length > 0) {
    return { ok: true };
  }
  const mayComeBack = wanted.some((node) => node.refusal === 'offline');
  const refused = wanted.filter((node) => node.refusal !== null);
  const each = refused.map((node) => sayRefused(node.nodeName, node.refusal ?? ''));
  const no = (remark: Remark) => ({ ok: false as const, remark, mayComeBack });
  if (ask.kind === 'restore') {
    return no(each.length === 0 ? say('snapshot-nowhere', {}) : say('snapshot-unreadable', { nodes: each }));
  }
  if (ask.kind === 'forget') return no(say('copies-away', { nodes: each }));
  if (ask.kind === 'check' || ask.kind === 'prune') {
    return no(each.length === 0 ? say('copy-node-gone', {}) : say('copy-unreadable', { nodes: each }));
  }
  if (nodes.length === 0) return no(say('no-node', {}));
  return no(each.length === 0 ? say('pinned-node-gone', {}) : say('no-node-takes-it', { nodes: each }));
}

/** A refusal as `refuse-node.ts` words it, which agents get too. */
function sayRefused(node: string, refusal: string): Remark {
  if (refusal === 'offline' || refusal === 'draining' || refusal === 'full' || refusal === 'unhealthy') {
    return say('node-refused', { node, why: refusal, detail: null });
  }
  const health = /^unhealthy: (.*)$/s.exec(refusal)?.[1];
  return health === undefined
    ? say('node-refused', { node, why: 'other', detail: refusal })
    : say('node-refused', { node, why: 'unhealthy', detail: health });
}

function factsOf(node: StorageNodeRecord): NodeFacts {
  return {
    lastHeartbeatAt: node.lastHeartbeatAt?.getTime() ?? null,
    draining: node.draining,
    health: node.health,
    healthReason: node.healthReason,
    freeBytes: node.freeBytes === null ? null : Number(node.freeBytes),
  };
}
