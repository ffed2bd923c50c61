import { isFinal, type RunState } from '@breakwater/domain/run-state';
import type { RunContext } from './run-context.ts';
import type { RunRow } from './run-records.ts';
import { viewRun } from './run-view.ts';

/** Tells browsers of a run's new state, and of what else shows it. */
export function publishRun(context: Pick<RunContext, 'live'>, run: RunRow): void {
  context.live.publish('run', { run: viewRun(run) });
  if (isFinal(run.state as RunState)) {
    if (run.taskId !== null) context.live.changed('tasks', run.taskId);
    if (run.snapshotId !== null) context.live.changed('snapshots', run.snapshotId);
    if (run.kind === 'forget') context.live.changed('snapshots');
    if (run.repositoryId !== null) context.live.changed('repositories', run.repositoryId);
    if (run.agentId !== null) context.live.changed('agents', run.agentId);
  }
}
