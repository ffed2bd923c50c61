import type { RestoreOrder, RunNode } from '@breakwater/contract/agent-run';
import type { RankedNode } from '@breakwater/contract/placement';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { type RestoreResult, restoreSnapshot } from '../restore/restore-snapshot.ts';
import { say, sayFailure, senseOf } from '../remarks/say.ts';
import { withCopy } from './open-copy.ts';
import { admitTarget, isFresh } from './restore-target.ts';
import type { RunContext, RunOutcome } from './run-context.ts';
import { judgeTrouble } from './target-trouble.ts';

/**
 * Restores from the fastest node that holds the snapshot; when that one fails, from the next, over what is there
 * already. Throws a Failure when nothing could be restored.
 */
export async function runRestore(context: RunContext, order: RestoreOrder): Promise<RunOutcome> {
  const { progress, signal } = context;
  progress.hold('placing');
  let mode = await admitTarget(order.targetPath, context.allowRestoreAnywhere);
  const usable = context.nodes.all.filter((node) => node.refusal === null);
  const unreachable = await context.prober.freshen(usable, signal);
  signal.throwIfAborted();
  const ranking = rankSources(context, unreachable);
  const sources = ranking.filter((one) => one.verdict !== 'refused');
  let lastFailure: Failure | null = null;
  for (const source of sources) {
    const node = context.nodes.all.find((one) => one.nodeId === source.nodeId);
    if (node === undefined) continue;
    const chosen = { nodeId: node.nodeId, nodeName: node.nodeName };
    context.report({
      type: 'placed',
      at: Date.now(),
      placement: {
        chosen,
        strategy: 'fastest',
        ranking: ranking.map((one) => withVerdict(one, node.nodeId)),
        failOver: lastFailure !== null,
      },
    });
    progress.useNode(node.nodeName);
    progress.hold('starting');
    try {
      return outcomeOf(node, await restoreFrom(node, context, order, mode));
    } catch (error) {
      signal.throwIfAborted();
      const failure = asFailure(error);
      if (judgeTrouble(failure) === 'run') throw failure;
      lastFailure = failure;
      context.note('warn', say('node-failed', { node: node.nodeName, why: sayFailure(failure) }));
      // The folder was fresh when we began, so what is there now is ours to go on with.
      if (mode === 'fresh' && !(await isFresh(order.targetPath))) mode = 'anywhere';
    }
  }
  if (lastFailure !== null) throw lastFailure;
  const reasons = ranking.map((one) => `${one.nodeName}: ${one.reason}`).join('; ');
  throw new Failure('no-node', `no storage node can give this snapshot (${reasons})`.slice(0, 4000), {
    retryable: true,
  });
}

async function restoreFrom(
  node: RunNode,
  context: RunContext,
  order: RestoreOrder,
  mode: 'fresh' | 'anywhere',
): Promise<RestoreResult> {
  return withCopy(context, node, order.repository, async (repository, signal) => {
    const { snapshot } = await repository.loadSnapshot(order.snapshotId, signal);
    context.progress.resume();
    return restoreSnapshot({
      repository,
      snapshot,
      paths: order.paths,
      targetPath: order.targetPath,
      mode,
      // A snapshot does not tell what was a hole. Without holes a sparse disk image may fill the target.
      sparse: true,
      signal,
      onProgress: (work) => context.progress.update(work),
    });
  });
}

/** Fastest first; one whose speed is not known is tried last, but it is tried. */
function rankSources(context: RunContext, unreachable: ReadonlyMap<string, string>): RankedNode[] {
  const ranked = context.nodes.all.map((node): RankedNode => {
    const bytesPerSecond = context.speeds.window(node.nodeId).sma;
    const refusal = node.refusal ?? (node.hasCopy ? null : 'holds no copy');
    const doubt = unreachable.get(node.nodeId);
    return {
      nodeId: node.nodeId,
      nodeName: node.nodeName,
      bytesPerSecond: doubt === undefined ? bytesPerSecond : null,
      bytesToSend: null,
      finishSeconds: null,
      verdict: refusal === null ? 'eligible' : 'refused',
      reason: refusal ?? doubt ?? (bytesPerSecond === null ? 'speed unknown' : 'holds the snapshot'),
    };
  });
  return ranked.sort((a, b) => {
    if (a.verdict !== b.verdict) return a.verdict === 'eligible' ? -1 : 1;
    return (b.bytesPerSecond ?? -1) - (a.bytesPerSecond ?? -1);
  });
}

function withVerdict(one: RankedNode, chosenId: string): RankedNode {
  if (one.nodeId !== chosenId) return one;
  return { ...one, verdict: 'chosen', reason: `fastest that holds the snapshot` };
}

function outcomeOf(node: RunNode, result: RestoreResult): RunOutcome {
  const { stats, issues, issueCount, note } = result;
  const partial = issueCount > 0;
  const words =
    issueCount === 1 ? 'one file could not be restored' : `${issueCount} files could not be restored`;
  return {
    outcome: partial ? 'partial' : 'succeeded',
    reason: partial ? words : (note?.text ?? null),
    sense: partial ? null : senseOf(note),
    failure: null,
    nodeId: node.nodeId,
    snapshotId: null,
    snapshot: null,
    stats,
    issues,
    issueCount,
  };
}
