import type { Center } from '../center.ts';
import type { Prisma } from '../db/generated/client.ts';
import type { CronSchedule } from '../schedules/cron.ts';
import { advanceSchedule, allTasks, dueTasks, findTask, type TaskRow } from './task-records.ts';

export interface ScheduledTask {
  row: TaskRow;
  schedule: CronSchedule;
  /** The time it waits for, or waited for. */
  waitedFor: Date;
}

/** A task that waits for a time; null when it is gone, or has no schedule. */
export async function taskForSchedule(center: Pick<Center, 'db'>, id: string): Promise<ScheduledTask | null> {
  const row = await findTask(center.db, id);
  return row === null ? null : scheduled(row);
}

export async function scheduledTasks(center: Pick<Center, 'db'>): Promise<ScheduledTask[]> {
  return (await allTasks(center.db)).map(scheduled).filter((task) => task !== null);
}

export async function dueTaskIds(center: Pick<Center, 'db' | 'now'>): Promise<string[]> {
  return (await dueTasks(center.db, new Date(center.now()))).map((row) => row.id);
}

/** Moves the next time on from `from`; false when another was first. */
export async function advanceTaskSchedule(
  tx: Prisma.TransactionClient,
  id: string,
  from: Date,
  to: Date | null,
): Promise<boolean> {
  return advanceSchedule(tx, id, from, to);
}

function scheduled(row: TaskRow): ScheduledTask | null {
  const { cron, timeZone, nextRunAt } = row;
  if (cron === null || timeZone === null || nextRunAt === null) return null;
  return { row, schedule: { cron, timeZone }, waitedFor: nextRunAt };
}

/** Every task there is, oldest first, with a schedule or without. */
export async function everyTask(center: Pick<Center, 'db'>): Promise<TaskRow[]> {
  return allTasks(center.db);
}
