import type { RunReport } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import { quote, say, storedRemark } from '../remarks/say.ts';
import type { RunRow } from './run-records.ts';

/**
 * Why a run ended as it did, from its agent's report. An agent reports sentences; what a program needs to know of
 * them is in the report's other fields.
 */
export function outcomeRemark(
  run: Pick<RunRow, 'kind' | 'reason' | 'remark' | 'cancelRequestedAt'>,
  { outcome, reason, failure, issueCount }: Extract<RunReport, { type: 'ended' }>,
): Remark | null {
  if (outcome === 'cancelled' && run.cancelRequestedAt !== null) {
    // Who asked for it says more than that it was done.
    return storedRemark(run.remark, run.reason) ?? (reason === null ? null : quote(reason));
  }
  if (failure !== null) return say('failure', { code: failure.code, detail: reason ?? failure.message });
  if (outcome === 'partial' && issueCount > 0) {
    if (run.kind === 'backup') return say('files-unread', { count: issueCount });
    if (run.kind === 'restore') return say('files-unrestored', { count: issueCount });
  }
  return reason === null ? null : quote(reason);
}
