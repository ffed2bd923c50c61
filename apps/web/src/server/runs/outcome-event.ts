import type { RunRow } from './run-records.ts';

export interface OutcomeEvent {
  level: 'info' | 'warn' | 'error';
  kind: string;
  message: string;
  subject: { type: 'run'; id: string };
  /** Told by webhook and e-mail. */
  notify: boolean;
}

const words: Record<string, string> = {
  backup: 'The backup',
  restore: 'The restore',
  check: 'The check',
  prune: 'The prune',
  replicate: 'The replication',
  drill: 'The drill',
};

/**
 * What the event log says of a run that has ended, and whether somebody is to be told: a backup that failed, was
 * missed or is incomplete, and any other run that failed.
 */
export function outcomeEvent(
  run: Pick<RunRow, 'id' | 'kind' | 'state' | 'reason' | 'issueCount' | 'sourceAddress' | 'task'>,
): OutcomeEvent {
  const name = run.task === null ? '' : ` "${run.task.name}"`;
  const where = run.sourceAddress === null ? '' : ` of ${run.sourceAddress}`;
  const what = `${words[run.kind] ?? 'The run'}${name}${where}`;
  const why = run.reason === null ? '' : `: ${run.reason}`;
  const subject = { type: 'run', id: run.id } as const;
  switch (run.state) {
    case 'succeeded':
      return {
        level: 'info',
        kind: `${run.kind}-succeeded`,
        message: `${what} succeeded`,
        subject,
        notify: false,
      };
    case 'partial': {
      const files = run.issueCount === 1 ? '1 file' : `${run.issueCount} files`;
      const done = run.kind === 'restore' ? 'restored' : run.kind === 'backup' ? 'taken' : 'read';
      const message = `${what} is incomplete: ${files} could not be ${done}${why}`;
      return { level: 'warn', kind: `${run.kind}-partial`, message, subject, notify: true };
    }
    case 'cancelled':
      return {
        level: 'info',
        kind: `${run.kind}-cancelled`,
        message: `${what} was cancelled${why}`,
        subject,
        notify: false,
      };
    case 'stopped':
      return {
        level: 'error',
        kind: run.kind === 'backup' ? 'backup-missed' : `${run.kind}-stopped`,
        message: run.kind === 'backup' ? `${what} was missed${why}` : `${what} was stopped${why}`,
        subject,
        notify: true,
      };
    default:
      return {
        level: 'error',
        kind: `${run.kind}-failed`,
        message: `${what} failed${why}`,
        subject,
        notify: true,
      };
  }
}
