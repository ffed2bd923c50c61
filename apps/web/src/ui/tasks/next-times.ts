import { isTimeZone } from '@breakwater/domain/time-zone';
import { Cron } from 'croner';

export type NextTimes = { ok: true; times: Date[] } | { ok: false; reason: 'zone' | 'cron'; message: string };

/** When a schedule fires next, at most `count` times after `now`; or why it never will. */
export function nextTimes(cron: string, timeZone: string, count: number, now: Date): NextTimes {
  if (!isTimeZone(timeZone)) return { ok: false, reason: 'zone', message: timeZone };
  if (cron.trim().split(/\s+/).length !== 5) return { ok: false, reason: 'cron', message: cron };
  try {
    const times = new Cron(cron.trim(), { timezone: timeZone, mode: '5-part' }).nextRuns(count, now);
    return { ok: true, times };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: 'cron', message: words.replace(/^CronPattern: /, '') };
  }
}

/** Every zone the browser knows, the reader's own and UTC first. */
export function timeZones(own: string): string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}
