import type { RunReport } from '@breakwater/contract/agent-run';
import { type Remark, withSense } from '@breakwater/contract/remark';
import { commandLabel } from '@breakwater/contract/source-commands';
import { quote, say, storedRemark } from '../remarks/say.ts';
import type { RunRow } from './run-records.ts';
import { storedCommands } from './run-view.ts';

/**
 * Why a run ended as it did, from its agent's report: what the agent says of its own sentence, or what the report's
 * other fields tell of it.
 */
export function outcomeRemark(
  run: Pick<RunRow, 'kind' | 'reason' | 'remark' | 'cancelRequestedAt' | 'commands'>,
  { outcome, reason, sense, failure, issueCount }: Extract<RunReport, { type: 'ended' }>,
): Remark | null {
  if (outcome === 'cancelled' && run.cancelRequestedAt !== null) {
    // Who asked for it says more than that it was done.
    return storedRemark(run.remark, run.reason) ?? (reason === null ? null : quote(reason));
  }
  const said = reason === null ? null : withSense(reason, sense);
  if (failure !== null)
    return said ?? say('failure', { code: failure.code, detail: reason ?? failure.message });
  const failed = storedCommands.parse(run.commands).filter(({ outcome: how }) => how !== 'succeeded');
  const sources = failed.filter(({ role }) => role === 'source').map(commandLabel);
  if (outcome === 'partial' && sources.length > 0) {
    return say('commands-failed', { names: sources, files: issueCount });
  }
  if (outcome === 'succeeded' && failed.length > 0) {
    return say('hooks-failed', { names: failed.map(commandLabel) });
  }
  if (outcome === 'partial' && issueCount > 0) {
    if (run.kind === 'backup') return say('files-unread', { count: issueCount });
    if (run.kind === 'restore') return say('files-unrestored', { count: issueCount });
  }
  return said ?? (reason === null ? null : quote(reason));
}
