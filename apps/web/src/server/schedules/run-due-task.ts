import type { Center } from '../center.ts';
import { type NewEvent, writeEvent } from '../events/write-event.ts';
import { say } from '../remarks/say.ts';
import { addRun, afterStart, recordMissedRun, type StartedRun } from '../runs/start-run.ts';
import { advanceTaskSchedule, dueTaskIds, taskForSchedule } from '../tasks/task-schedule.ts';
import { runOfTask } from '../tasks/tasks.ts';
import { judgeDue } from './judge-due.ts';

/**
 * Starts a task's run if its time has come. Any number of wake-ups may come, from the queue, from the sweep, from
 * several instances: the task's next time is moved on in the same transaction that writes the run down, so that
 * each time gets one run. Times that passed while nobody was there are written down and told.
 */
export async function runDueTask(center: Center, taskId: string): Promise<StartedRun | null> {
  const task = await taskForSchedule(center, taskId);
  if (task === null) {
    await center.jobs.removeSchedule(taskId);
    return null;
  }
  const { schedule, waitedFor } = task;
  const verdict = judgeDue(schedule, waitedFor.getTime(), center.now());
  if (!verdict.due) return null;
  const given = { ...runOfTask(task.row), trigger: 'schedule' as const };
  const started = await center.db.$transaction(async (tx) => {
    const next = verdict.next === null ? null : new Date(verdict.next);
    if (!(await advanceTaskSchedule(tx, taskId, waitedFor, next))) return null;
    for (const time of verdict.missed) {
      const dueAt = new Date(time);
      await recordMissedRun(tx, given, { dueAt, remark: say('center-was-down', {}) });
    }
    const missed = missedEvent(task.row, verdict);
    const event = missed === null ? null : await writeEvent(tx, missed, new Date(center.now()));
    return { ...(await addRun(tx, given)), event };
  });
  if (started === null) return null;
  center.live.changed('tasks', taskId);
  await afterStart(center, started);
  if (started.event !== null) await center.events.announce(started.event);
  return started;
}

/** Has every task looked at whose time has passed. */
export async function runDueTasks(center: Center): Promise<number> {
  let started = 0;
  for (const id of await dueTaskIds(center)) {
    if ((await runDueTask(center, id)) !== null) started += 1;
  }
  return started;
}

/** What is told of times that passed while nobody was there; null when none did. */
function missedEvent(
  task: { id: string; name: string; sourceAddress: string },
  { missed, lateSince }: { missed: number[]; lateSince: number | null },
): NewEvent | null {
  const first = missed[0] ?? lateSince;
  if (first === null) return null;
  return {
    level: 'error',
    kind: 'backup-missed',
    remark: say('backup-was-due', {
      task: task.name,
      server: task.sourceAddress,
      count: missed.length + (lateSince === null ? 0 : 1),
      since: new Date(first).toISOString(),
    }),
    subject: { type: 'task', id: task.id },
  };
}
