import { careForRepositories, careForRepository } from './care/care-for-repositories.ts';
import type { Center } from './center.ts';
import { dispatchRun } from './dispatch/dispatch-run.ts';
import { reconcileRuns } from './dispatch/reconcile-runs.ts';
import { wakeIdleRuns } from './dispatch/wake-idle-runs.ts';
import { keepAllCopies, keepCopies } from './replication/keep-copies.ts';
import { removeStaleLocks } from './repositories/remove-stale-locks.ts';
import { keepSchedule } from './schedules/keep-schedule.ts';
import { runDueTask, runDueTasks } from './schedules/run-due-task.ts';
import { forgetExpiredTokens } from './storage-tokens/revocations.ts';
import { scheduledTasks } from './tasks/task-schedule.ts';
import type { Housekeeping } from './jobs/jobs.ts';

/** Every instance compares runs with the heartbeats it has heard itself. */
const RECONCILE_EVERY_MS = 5000;
const HOUSEKEEPING_EVERY_MS: Record<Housekeeping, number> = {
  'missed-runs': 10_000,
  'lost-agents': 60_000,
  'expired-tokens': 3_600_000,
  'stale-locks': 600_000,
  'untold-events': 60_000,
  care: 300_000,
  copies: 60_000,
};

/**
 * Starts what a control center does by itself: it takes jobs from the queues, keeps schedules, catches up with times
 * that passed while nobody was there, and looks after runs that are out. Returns how to end it, jobs in hand first.
 */
export async function startWork(center: Center): Promise<() => Promise<void>> {
  await center.jobs.start({
    dispatch: async ({ runId }) => {
      await dispatchRun(center, runId);
    },
    schedule: async ({ taskId }) => {
      await runDueTask(center, taskId);
    },
    housekeeping: ({ what, repositoryId }) =>
      repositoryId === undefined ? housekeeping[what](center) : lookAfter(center, repositoryId),
    notify: ({ eventId }) => center.notifications.deliver(eventId),
  });
  await restoreSchedules(center);
  for (const what of Object.keys(housekeeping) as Housekeeping[]) {
    await center.jobs.putHousekeeping(what, HOUSEKEEPING_EVERY_MS[what]);
  }
  const reconcile = () =>
    reconcileRuns(center).catch((error: unknown) =>
      center.logger.error({ err: error }, 'the runs that are out could not be looked after'),
    );
  // What an earlier process wrote down and did not live to tell.
  const swept = center.notifications
    .sweep()
    .catch((error: unknown) => center.logger.error({ err: error }, 'events could not be told'));
  const timer = setInterval(reconcile, RECONCILE_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await swept;
    await center.jobs.close();
  };
}

const housekeeping: Record<Housekeeping, (center: Center) => Promise<void>> = {
  'missed-runs': async (center) => {
    await runDueTasks(center);
    await wakeIdleRuns(center);
  },
  'lost-agents': async (center) => {
    await reconcileRuns(center);
  },
  'expired-tokens': async (center) => {
    await forgetExpiredTokens(center);
    await center.auth.forgetExpiredSessions(new Date(center.now()));
    await center.events.forgetOld();
  },
  'stale-locks': async (center) => {
    await removeStaleLocks(center);
  },
  'untold-events': async (center) => {
    await center.notifications.sweep();
  },
  care: careForRepositories,
  copies: keepAllCopies,
};

/** Its copies first: they are what matters when its care fails. */
async function lookAfter(center: Center, repositoryId: string): Promise<void> {
  try {
    await keepCopies(center, repositoryId);
  } finally {
    await careForRepository(center, repositoryId);
  }
}

/** The tasks are the truth: the queue may be new, or have schedules of tasks that were deleted meanwhile. */
async function restoreSchedules(center: Center): Promise<void> {
  const tasks = await scheduledTasks(center);
  const known = new Set(tasks.map((task) => task.row.id));
  for (const id of await center.jobs.scheduledTasks()) {
    if (!known.has(id)) await center.jobs.removeSchedule(id);
  }
  for (const task of tasks) await keepSchedule(center, task.row);
}
