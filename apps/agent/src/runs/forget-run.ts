import type { ForgetOrder, RunNode } from '@breakwater/contract/agent-run';
import { NO_PROGRESS, type RunProgress } from '@breakwater/contract/run';
import { asFailure, type Failure } from '@breakwater/domain/failure';
import { mapInParallel } from '@breakwater/restic-format/map-in-parallel';
import type { Repository } from '@breakwater/restic-format/repository';
import { failureOf, say, sayFailure, senseOf } from '../remarks/say.ts';
import { sayRefusal } from '../remarks/say-refusal.ts';
import { withCopy } from './open-copy.ts';
import { NOTHING_DONE, type RunContext, type RunOutcome } from './run-context.ts';

const REMOVALS_AT_ONCE = 8;

/**
 * Removes snapshots from every copy that the order names, one copy after the other, each locked exclusively. What is
 * gone already counts as removed. Where a copy fails, what was removed from it and the others is told all the same.
 */
export async function runForget(context: RunContext, order: ForgetOrder): Promise<RunOutcome> {
  const { progress } = context;
  const began = performance.now();
  const nodes = context.nodes.all;
  const total = nodes.length * order.snapshotIds.length;
  const forgotten: { nodeId: string; snapshotIds: string[] }[] = [];
  let failure: Failure | null = null;
  let done = 0;
  progress.update(progressOf(done, total));
  for (const node of nodes) {
    const removed: string[] = [];
    const onRemoved = (id: string): void => {
      removed.push(id);
      done += 1;
      progress.update(progressOf(done, total));
    };
    try {
      await forgetOn(context, order, node, onRemoved);
    } catch (error) {
      failure ??= context.signal.aborted ? asFailure(context.signal.reason) : asFailure(error);
      context.note('warn', say('node-said', { node: node.nodeName, why: sayFailure(failure) }));
    }
    if (removed.length > 0) forgotten.push({ nodeId: node.nodeId, snapshotIds: removed });
    if (context.signal.aborted) break;
  }
  const everywhere = order.snapshotIds.filter((id) =>
    nodes.every(({ nodeId }) =>
      forgotten.some((one) => one.nodeId === nodeId && one.snapshotIds.includes(id)),
    ),
  );
  const cancelled = failure?.code === 'cancelled';
  return {
    ...NOTHING_DONE,
    outcome: failure === null ? 'succeeded' : cancelled ? 'cancelled' : 'failed',
    reason: failure?.message ?? null,
    sense: failure === null || failure.sense === null ? null : senseOf(sayFailure(failure)),
    failure: cancelled ? null : failure,
    stats: {
      snapshotsForgotten: everywhere.length,
      durationSeconds: (performance.now() - began) / 1000,
    },
    forgotten,
  };
}

async function forgetOn(
  context: RunContext,
  order: ForgetOrder,
  node: RunNode,
  onRemoved: (id: string) => void,
): Promise<void> {
  if (node.refusal !== null) {
    const why = sayRefusal(node.refusal);
    throw failureOf('no-node', say('node-unusable', { node: node.nodeName, why }), { retryable: true });
  }
  context.progress.useNode(node.nodeName);
  const work = async (repository: Repository, signal: AbortSignal): Promise<void> => {
    context.progress.resume();
    await mapInParallel(order.snapshotIds, REMOVALS_AT_ONCE, async (id) => {
      await removeSnapshot(repository, id, signal);
      onRemoved(id);
    });
  };
  await withCopy(context, node, order.repository, work, { exclusive: true, loadIndex: false });
}

async function removeSnapshot(repository: Repository, id: string, signal: AbortSignal): Promise<void> {
  try {
    await repository.store.remove('snapshots', id, signal);
  } catch (error) {
    // An earlier attempt that was cut off had removed it.
    if (asFailure(error).code !== 'not-found') throw error;
  }
}

function progressOf(filesDone: number, filesTotal: number): RunProgress {
  return { ...NO_PROGRESS, phase: 'finishing', filesDone, filesTotal, bytesTotal: 0 };
}
