import { type CronSchedule, nextTime, timesBetween } from './cron.ts';

export type DueVerdict =
  | { due: false }
  | {
      due: true;
      /** The time after now, to wait for next; null when there is none. */
      next: number | null;
      /** Times that passed and get no run of their own, oldest first. */
      missed: number[];
      /** When the run that starts now should have started, if that is long enough ago to be told. */
      lateSince: number | null;
    };

/** A run that starts within this time of its schedule is on time. */
export const ON_TIME_MS = 2 * 60_000;
/** So many missed times are written down; beyond that a downtime speaks for itself. */
const MAX_MISSED = 30;
/** Further back than this no missed time is looked for. */
const MAX_BACK_MS = 90 * 86_400_000;

/**
 * What a schedule asks for now, when the time it waited for was `waitedFor`. The rule after a downtime: the newest
 * time that passed is caught up with at once, by one run; the earlier ones are missed.
 */
export function judgeDue(schedule: CronSchedule, waitedFor: number, now: number): DueVerdict {
  if (waitedFor > now) return { due: false };
  const from = Math.max(waitedFor, now - MAX_BACK_MS);
  const passed = timesBetween(schedule, from, now, MAX_MISSED + 1);
  // A schedule that was changed meanwhile may not have the time that was waited for: it counts all the same.
  const newest = passed.at(-1) ?? waitedFor;
  return {
    due: true,
    next: nextTime(schedule, now),
    missed: passed.slice(0, -1),
    lateSince: now - newest > ON_TIME_MS ? newest : null,
  };
}
