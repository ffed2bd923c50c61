import type { Center } from '../center.ts';

/**
 * Makes the queue wake us at a task's times, or never. When the queue cannot be reached now, nothing is lost: every
 * start, and the sweep for times that have passed, go by the task itself.
 */
export async function keepSchedule(
  center: Pick<Center, 'jobs' | 'logger'>,
  task: { id: string; cron: string | null; timeZone: string | null },
): Promise<void> {
  try {
    if (task.cron === null || task.timeZone === null) await center.jobs.removeSchedule(task.id);
    else await center.jobs.putSchedule(task.id, { cron: task.cron, timeZone: task.timeZone });
  } catch (error) {
    center.logger.warn(
      { err: error, taskId: task.id },
      'the schedule queue could not be told; the sweep goes on',
    );
  }
}
