import type { Logger } from '@breakwater/process/logger';
import type { RunJournal } from '../outbox/run-journal.ts';
import { say, senseOf } from '../remarks/say.ts';

/** After a start: tells the control center of every run that the last process died with, so that none hangs. */
export function reportInterrupted(journal: RunJournal, logger: Logger, now: number): void {
  for (const { runId, attempt, kind } of journal.open()) {
    const said = say('agent-ended-midway', {});
    const reason = said.text;
    logger.warn({ runId, attempt, kind }, 'a run was interrupted');
    journal.end(
      { runId, attempt },
      {
        type: 'ended',
        at: now,
        outcome: 'failed',
        reason,
        sense: senseOf(said),
        failure: { code: 'interrupted', message: reason, retryable: true },
        nodeId: null,
        snapshotId: null,
        snapshot: null,
        stats: {},
        issues: [],
        issueCount: 0,
        progress: null,
        speedCurve: [],
      },
    );
  }
}
