import type { Remark } from '@breakwater/contract/remark';
import type { RunState } from '@breakwater/domain/run-state';
import type { Prisma } from '../db/generated/client.ts';
import { publishRun } from './publish-run.ts';
import { runAsk } from './run-ask.ts';
import type { RunContext } from './run-context.ts';
import {
  holdLock,
  insertRun,
  type NewRun,
  pendingRunOfTask,
  pendingRunsOf,
  type RunRow,
} from './run-records.ts';

export type { NewRun } from './run-records.ts';

export interface StartedRun {
  run: RunRow;
  /** A run of the same task that still waits was taken instead of a new one. */
  coalesced: boolean;
}

/**
 * Writes a run down and has it dispatched. Waiting runs of one task coalesce: one that has not gone out yet will
 * do what was asked for now, too.
 */
export async function startRun(context: RunContext, given: NewRun): Promise<StartedRun> {
  const started = await context.db.$transaction((tx) => addRun(tx, given));
  await afterStart(context, started);
  return started;
}

/** The part of `startRun` inside a caller's transaction, which has to call `afterStart` when it has committed. */
export async function addRun(tx: Parameters<typeof holdLock>[0], given: NewRun): Promise<StartedRun> {
  if (given.taskId !== null && given.kind === 'backup') {
    await holdLock(tx, `runs of task ${given.taskId}`);
    const pending = await pendingRunOfTask(tx, given.taskId);
    if (pending !== null) return { run: pending, coalesced: true };
  }
  if (given.repositoryId !== null && given.kind !== 'backup' && given.kind !== 'restore') {
    await holdLock(tx, `care of repository ${given.repositoryId}`);
    const asked = JSON.stringify(runAsk.parse(given.ask));
    const pending = (await pendingRunsOf(tx, given.repositoryId, given.kind)).find(
      (run) => JSON.stringify(runAsk.parse(run.order)) === asked,
    );
    if (pending !== undefined) return { run: pending, coalesced: true };
  }
  return { run: await insertRun(tx, given), coalesced: false };
}

export async function afterStart(context: RunContext, started: StartedRun): Promise<void> {
  if (!started.coalesced) publishRun(context, started.run);
  await wakeRun(context, started.run.id);
}

/**
 * Has the run looked at by a dispatcher. When the queue cannot be reached now, the run is not lost: the sweep finds
 * every run that nobody dispatched.
 */
export async function wakeRun(context: RunContext, runId: string, delayMs = 0): Promise<void> {
  try {
    await context.jobs.enqueueDispatch(runId, delayMs);
  } catch (error) {
    context.logger.warn({ err: error, runId }, 'the dispatch queue took no job; the sweep will');
  }
}

/** Writes down a run that should have been and was not, with the time it should have been at. */
export async function recordMissedRun(
  tx: Prisma.TransactionClient,
  given: NewRun,
  times: { dueAt: Date; remark: Remark },
): Promise<RunRow> {
  const state: RunState = 'stopped';
  return insertRun(tx, given, {
    createdAt: times.dueAt,
    endedAt: times.dueAt,
    state,
    remark: times.remark,
  });
}
