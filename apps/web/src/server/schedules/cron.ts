import { isTimeZone } from '@breakwater/domain/time-zone';
import { Cron } from 'croner';

export type CronVerdict = { ok: true } | { ok: false; field: 'cron' | 'timeZone'; expected: string };

export interface CronSchedule {
  cron: string;
  timeZone: string;
}

/** Whether a schedule can be kept: five fields as crontab(5), a zone the runtime knows, and a next time at all. */
export function judgeSchedule(schedule: CronSchedule): CronVerdict {
  if (!isTimeZone(schedule.timeZone)) {
    return { ok: false, field: 'timeZone', expected: 'an IANA time zone such as Europe/Berlin' };
  }
  // Nicknames such as @daily parse too, but crontab(5) fields are what the contract promises.
  if (schedule.cron.trim().split(/\s+/).length !== 5) {
    return { ok: false, field: 'cron', expected: 'five fields: minute hour day-of-month month day-of-week' };
  }
  try {
    const next = parse(schedule).nextRun();
    if (next !== null) return { ok: true };
    return { ok: false, field: 'cron', expected: 'a schedule that has a next time' };
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    return {
      ok: false,
      field: 'cron',
      expected: `five fields: minute hour day-of-month month day-of-week (${words})`,
    };
  }
}

/** First time strictly after `after` (epoch ms); null when there is none. Throws on a schedule that does not parse. */
export function nextTime(schedule: CronSchedule, after: number): number | null {
  return parse(schedule).nextRun(new Date(after))?.getTime() ?? null;
}

/**
 * The times in `[from, until]`, oldest first, at most `limit` of them, counted from the end: after a long downtime
 * the newest ones matter.
 */
export function timesBetween(schedule: CronSchedule, from: number, until: number, limit: number): number[] {
  const cron = parse(schedule);
  const times: number[] = [];
  // One ms back, because nextRun excludes its argument.
  let next = cron.nextRun(new Date(from - 1));
  while (next !== null && next.getTime() <= until) {
    times.push(next.getTime());
    if (times.length > limit) times.shift();
    next = cron.nextRun(next);
  }
  return times;
}

function parse(schedule: CronSchedule): Cron {
  return new Cron(schedule.cron.trim(), { timezone: schedule.timeZone, mode: '5-part', paused: true });
}
