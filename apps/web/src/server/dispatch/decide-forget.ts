import { MAX_FORGOTTEN_AT_ONCE } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { judgeRepository } from '../retention/judge-repository.ts';
import type { RunRow } from '../runs/find-runs.ts';
import { waitForRepository } from '../runs/repository-lease.ts';
import { type RunAsk, runAsk } from '../runs/run-ask.ts';
import { nodesHolding } from '../snapshots/nodes-holding.ts';
import { forgottenButHeld } from '../snapshots/recorded-snapshots.ts';

export type ForgetDecision =
  | { verdict: 'forget'; ask: Extract<RunAsk, { kind: 'forget' }> }
  | { verdict: 'wait' | 'cancel'; remark: Remark };

/**
 * What a forget run removes: the snapshots somebody named, or else what the retention of tasks, as it is now, does
 * not keep, and what was forgotten and has turned up again on a copy that was away. Asked when it is about to go out:
 * the run may have waited for long.
 */
export async function decideForget(
  center: Center,
  run: RunRow,
  repositoryId: string,
): Promise<ForgetDecision> {
  // A backup in hand may be writing what would be taken for a stranger's.
  const wait = await waitForRepository(center.db, run, repositoryId);
  if (wait !== null) return { verdict: 'wait', remark: wait };
  const ask = runAsk.parse(run.order);
  if (ask.kind === 'forget' && ask.named === true) {
    const held = await Promise.all(ask.snapshotIds.map((id) => nodesHolding(center, id)));
    return held.some((nodes) => nodes.size > 0)
      ? { verdict: 'forget', ask }
      : { verdict: 'cancel', remark: say('nothing-to-forget', {}) };
  }
  const { forget, paused } = await judgeRepository(
    center,
    repositoryId,
    run.trigger === 'schedule' ? 'plan' : 'person',
  );
  const left = await forgottenButHeld(center, repositoryId);
  const snapshotIds = [...left, ...forget.map(({ id }) => id)].slice(0, MAX_FORGOTTEN_AT_ONCE);
  if (snapshotIds.length > 0) return { verdict: 'forget', ask: { kind: 'forget', snapshotIds } };
  return { verdict: 'cancel', remark: paused[0]?.remark ?? say('nothing-to-forget', {}) };
}
