import type { Remark } from '@breakwater/contract/remark';
import { runKind } from '@breakwater/contract/run';
import { say } from '../remarks/say.ts';
import { runAsk } from './run-ask.ts';
import { activeRunsOf, type RunRow, type RunStore } from './run-records.ts';

/** What locks a copy exclusively, and so has the repository alone. */
const ALONE: ReadonlySet<string> = new Set(['forget', 'prune']);

function isAlone({ kind, order }: Pick<RunRow, 'kind' | 'order'>): boolean {
  if (ALONE.has(kind)) return true;
  const ask = runAsk.parse(order);
  return ask.kind === 'replicate' && ask.mirror;
}

/**
 * Why a run has to wait for others of its repository: forgetting and pruning have it alone, so they wait for whatever
 * is in hand there, and all else waits for them. Null when it need not.
 */
export async function waitForRepository(
  store: RunStore,
  run: Pick<RunRow, 'id' | 'kind' | 'order'>,
  repositoryId: string,
): Promise<Remark | null> {
  const others = await activeRunsOf(store, repositoryId, run.id);
  const alone = others.find(isAlone);
  if (alone !== undefined) return say('repository-in-care', { run: runKind.parse(alone.kind) });
  const [other] = others;
  if (other === undefined || !isAlone(run)) return null;
  return say('repository-in-use', { run: runKind.parse(other.kind), task: other.task?.name ?? null });
}
