import { type Task, task } from '@breakwater/contract/task';
import { retentionOf, type TaskRow, type TaskRuns } from './task-records.ts';

/** A task as the API shows it. */
export function viewTask(row: TaskRow, runs: TaskRuns | undefined): Task {
  const last = runs?.last ?? null;
  return task.parse({
    id: row.id,
    name: row.name,
    sourceAddress: row.sourceAddress,
    paths: row.paths,
    commands: row.commands,
    hooks: row.hooks,
    excludes: row.excludes,
    schedule: row.cron === null || row.timeZone === null ? null : { cron: row.cron, timeZone: row.timeZone },
    strategy: row.strategy,
    nodeId: row.nodeId,
    ifAgentSilent: row.ifAgentSilent,
    copies: row.copies,
    repositoryId: row.repositoryId,
    retention: retentionOf(row),
    bandwidth: row.bandwidth,
    enabled: row.deletedAt === null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
    lastRun:
      last === null
        ? null
        : {
            id: last.id,
            state: last.state,
            endedAt: last.endedAt?.toISOString() ?? null,
            createdAt: last.createdAt.toISOString(),
          },
    lastSuccessAt: runs?.lastSuccessAt?.toISOString() ?? null,
  });
}
