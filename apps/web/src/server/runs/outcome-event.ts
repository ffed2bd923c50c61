import { type RunKind, runKind, runState } from '@breakwater/contract/run';
import type { NewEvent } from '../events/write-event.ts';
import { say, storedRemark } from '../remarks/say.ts';
import type { RunRow } from './run-records.ts';

type EndedRun = Pick<
  RunRow,
  'id' | 'kind' | 'state' | 'reason' | 'remark' | 'issueCount' | 'sourceAddress' | 'task'
>;

/**
 * What the event log says of a run that has ended, and whether somebody is to be told: a backup that failed, was
 * missed or is incomplete or had a hook that failed, and any other run that failed.
 */
export function outcomeEvent(run: EndedRun): NewEvent {
  const kind = runKind.parse(run.kind);
  const remark = say('run-ended', {
    run: kind,
    state: runState.parse(run.state),
    task: run.task?.name ?? null,
    server: run.sourceAddress,
    files: run.issueCount,
    reason: storedRemark(run.remark, run.reason),
  });
  const hookFailed = storedRemark(run.remark, run.reason)?.kind === 'hooks-failed';
  return { ...weightOf(kind, run.state, hookFailed), remark, subject: { type: 'run', id: run.id } };
}

function weightOf(
  run: RunKind,
  state: string,
  hookFailed: boolean,
): Pick<NewEvent, 'level' | 'kind'> & { notify: boolean } {
  switch (state) {
    case 'succeeded':
      if (hookFailed) return { level: 'warn', kind: `${run}-hook-failed`, notify: true };
      return { level: 'info', kind: `${run}-succeeded`, notify: false };
    case 'partial':
      return { level: 'warn', kind: `${run}-partial`, notify: true };
    case 'cancelled':
      return { level: 'info', kind: `${run}-cancelled`, notify: false };
    case 'stopped':
      return { level: 'error', kind: run === 'backup' ? 'backup-missed' : `${run}-stopped`, notify: true };
    default:
      return { level: 'error', kind: `${run}-failed`, notify: true };
  }
}
