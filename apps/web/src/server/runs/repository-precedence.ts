import type { Remark } from '@breakwater/contract/remark';
import { runKind } from '@breakwater/contract/run';
import { judgePrecedence } from '@breakwater/domain/care-precedence';
import { say, storedRemark } from '../remarks/say.ts';
import { pendingRuns, type RunRow, type RunStore } from './run-records.ts';

const CARE: ReadonlySet<string> = new Set(['forget', 'prune']);

/** Why a run is held back for a prune or forget that has waited for long in its repository; null when it is not. */
export async function holdForCare(
  store: RunStore,
  run: Pick<RunRow, 'id' | 'kind' | 'createdAt' | 'trigger'>,
  repositoryId: string,
  now: Date,
): Promise<Remark | null> {
  const pending = await pendingRuns(store, { repositoryId });
  const care = pending.filter(({ id, kind }) => id !== run.id && CARE.has(kind));
  const waiting = care.map(({ createdAt, remark, reason }) => ({
    askedAt: createdAt.getTime(),
    forOthers: storedRemark(remark, reason)?.kind === 'repository-in-use',
  }));
  const { kind, createdAt, trigger } = run;
  const newcomer = { kind, askedAt: createdAt.getTime(), byHand: trigger === 'manual' };
  const verdict = judgePrecedence(newcomer, waiting, now.getTime());
  const [first] = care.filter((_, at) => waiting[at]?.forOthers);
  if (verdict.goes === 'now' || first === undefined) return null;
  return say('care-goes-first', {
    run: runKind.parse(first.kind),
    since: first.createdAt.toISOString(),
    until: new Date(verdict.until).toISOString(),
  });
}
