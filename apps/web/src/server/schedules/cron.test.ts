import { describe, expect, it } from 'vitest';
import { judgeSchedule, nextTime, timesBetween } from './cron.ts';

describe('judgeSchedule', () => {
  it.each(['0 2 * * *', '*/15 * * * *', '30 4 1,15 * MON-FRI'])('takes %s', (cron) => {
    expect(judgeSchedule({ cron, timeZone: 'Europe/Berlin' })).toEqual({ ok: true });
  });

  it.each(['', '* * * *', '0 0 2 * * *', '61 * * * *', 'hello', '0 25 * * *', '@daily'])(
    'refuses "%s"',
    (cron) => {
      expect(judgeSchedule({ cron, timeZone: 'UTC' })).toMatchObject({ ok: false, field: 'cron' });
    },
  );

  it('refuses a day that never comes', () => {
    expect(judgeSchedule({ cron: '0 0 31 2 *', timeZone: 'UTC' })).toMatchObject({
      ok: false,
      field: 'cron',
    });
  });

  it.each(['Mars/Olympus', '', '+02:00'])('refuses the time zone "%s"', (timeZone) => {
    expect(judgeSchedule({ cron: '0 2 * * *', timeZone })).toMatchObject({ ok: false, field: 'timeZone' });
  });
});

describe('nextTime', () => {
  it('keeps the wall clock over a change to summer time', () => {
    const schedule = { cron: '0 4 * * *', timeZone: 'Europe/Berlin' };
    const winter = Date.parse('2026-03-28T03:00:00Z');
    expect(nextTime(schedule, winter)).toBe(Date.parse('2026-03-29T02:00:00Z'));
  });

  it('is strictly later', () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    expect(nextTime({ cron: '0 * * * *', timeZone: 'UTC' }, at)).toBe(at + 3_600_000);
  });
});

describe('timesBetween', () => {
  it('counts both ends and keeps the newest', () => {
    const from = Date.parse('2026-01-01T00:00:00Z');
    const times = timesBetween({ cron: '0 * * * *', timeZone: 'UTC' }, from, from + 5 * 3_600_000, 3);
    expect(times).toEqual([3, 4, 5].map((hour) => from + hour * 3_600_000));
    expect(timesBetween({ cron: '0 * * * *', timeZone: 'UTC' }, from, from, 3)).toEqual([from]);
  });
});
