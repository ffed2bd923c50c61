import { failureMessage } from '@breakwater/contract/failure-codes';
import { placement } from '@breakwater/contract/placement';
import {
  fileIssue,
  type Run,
  type RunDetail,
  run,
  runDetail,
  runKind,
  runLogLine,
  runProgress,
  runState,
  runStats,
  speedPoint,
} from '@breakwater/contract/run';
import { commandResult } from '@breakwater/contract/source-commands';
import { z } from 'zod';
import { storedRemark } from '../remarks/say.ts';
import { runAsk } from './run-ask.ts';
import type { RunRow } from './run-records.ts';

export const storedPlacements = z.array(placement.extend({ at: z.string() }));
export const storedLog = z.array(runLogLine);
export const storedCurve = z.array(speedPoint);
export const storedCommands = z.array(commandResult);
const storedIssues = z.array(fileIssue);

const time = (value: Date | null) => value?.toISOString() ?? null;
const orNull = <T extends z.ZodType>(schema: T, value: unknown): z.output<T> | null =>
  value === null || value === undefined ? null : schema.parse(value);

/** A run as the API shows it in lists and pushes it to browsers. */
export function viewRun(row: RunRow): Run {
  const ask = runAsk.parse(row.order);
  return run.parse({
    id: row.id,
    kind: runKind.parse(row.kind),
    taskId: row.taskId,
    taskName: row.task?.name ?? null,
    sourceAddress: row.sourceAddress,
    agentId: row.agentId,
    repositoryId: row.repositoryId,
    state: runState.parse(row.state),
    reason: row.reason,
    remark: storedRemark(row.remark, row.reason),
    failure: orNull(failureMessage, row.failure),
    // The first attempt counts from its dispatch on; before that the run is shown as being in it.
    attempt: Math.max(1, row.attempt),
    trigger: row.trigger as Run['trigger'],
    createdAt: row.createdAt.toISOString(),
    startedAt: time(row.startedAt),
    endedAt: time(row.endedAt),
    progress: orNull(runProgress, row.progress),
    placement: storedPlacements.parse(row.placements).at(-1) ?? null,
    snapshotId: row.snapshotId,
    stats: orNull(runStats, row.stats),
    issueCount: row.issueCount,
    restore:
      ask.kind === 'restore'
        ? {
            snapshotId: ask.snapshotId,
            paths: ask.paths,
            targetAddress: ask.targetAddress,
            targetPath: ask.targetPath,
          }
        : null,
    replication:
      ask.kind === 'replicate' ? { nodeId: ask.nodeId, sourceId: ask.sourceId, mirror: ask.mirror } : null,
  });
}

/** The same with its issues, rankings, log and speed curve. */
export function viewRunDetail(row: RunRow): RunDetail {
  return runDetail.parse({
    ...viewRun(row),
    issues: storedIssues.parse(row.issues),
    placements: storedPlacements.parse(row.placements),
    log: storedLog.parse(row.log),
    speedCurve: storedCurve.parse(row.speedCurve),
    commands: storedCommands.parse(row.commands),
  });
}
