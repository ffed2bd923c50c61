import type { PruneOrder } from '@breakwater/contract/agent-run';
import { NO_PROGRESS, type RunProgress } from '@breakwater/contract/run';
import { executePrune, preparePrune } from '@breakwater/restic-format/prune';
import { type PrunePlan, stayingPacks } from '@breakwater/restic-format/prune-plan';
import type { PruneProgress } from '@breakwater/restic-format/prune-work';
import type { Repository } from '@breakwater/restic-format/repository';
import { say } from '../remarks/say.ts';
import { oneCopy } from './one-copy.ts';
import { withCopy } from './open-copy.ts';
import { NOTHING_DONE, type RunContext, type RunOutcome } from './run-context.ts';

/** Removes what no snapshot of one copy needs any more, under an exclusive lock. */
export async function runPrune(context: RunContext, order: PruneOrder): Promise<RunOutcome> {
  const node = oneCopy(context);
  const { progress } = context;
  const began = performance.now();
  progress.useNode(node.nodeName);
  const work = async (repository: Repository, signal: AbortSignal): Promise<RunOutcome> => {
    progress.resume();
    const count = new PackCount();
    const onProgress = (done: PruneProgress) => progress.update(count.progressAfter(done));
    const { maxUnused, distrustedPacks: distrusted = [] } = order;
    const plan = await preparePrune(repository, { maxUnused, distrusted, signal, onProgress });
    count.planned(plan);
    const { bytes, packs } = plan.stats;
    const { removeTotal: remove, repack, keep } = packs;
    context.note('info', say('prune-planned', { remove, repack, keep }));
    const { notRemoved } = await executePrune(repository, plan, { signal, onProgress });
    for (const { name, reason } of notRemoved.slice(0, 20)) {
      context.note('warn', say('pack-not-removed', { pack: name, why: reason }));
    }
    const left = stayingPacks(distrusted, repository.index, plan);
    if (left.length > 0) {
      context.note('warn', say('damaged-packs-stay', { count: left.length }));
    }
    const stats = {
      bytesFreed: bytes.removeTotal,
      bytesRepacked: bytes.repack,
      packsRemoved: packs.removeTotal + packs.repack - notRemoved.length,
      durationSeconds: (performance.now() - began) / 1000,
    };
    return {
      ...NOTHING_DONE,
      outcome: 'succeeded',
      reason: null,
      failure: null,
      nodeId: node.nodeId,
      stats,
      distrustedGone: distrusted.filter((packId) => !left.includes(packId)),
    };
  };
  return withCopy(context, node, order.repository, work, { exclusive: true });
}

/** Packs moved to new ones and packs removed, once it is known how many; before that trees are read. */
class PackCount {
  #total: number | null = null;
  #moved = 0;
  #removed = 0;

  planned({ repack, unreferenced, remove }: PrunePlan): void {
    this.#total = 2 * repack.size + unreferenced.length + remove.length;
  }

  progressAfter({ phase, done }: PruneProgress): RunProgress {
    if (phase === 'repacking') this.#moved = done;
    if (phase === 'removing') this.#removed = done;
    return {
      ...NO_PROGRESS,
      phase: phase === 'finding' ? 'scanning' : phase === 'repacking' ? 'transferring' : 'finishing',
      filesDone: this.#moved + this.#removed,
      filesTotal: this.#total,
    };
  }
}
