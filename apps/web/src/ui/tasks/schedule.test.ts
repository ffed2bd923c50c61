import { isTimeZone } from '@breakwater/domain/time-zone';
import { describe, expect, it } from 'vitest';
import { nextTimes } from './next-times.ts';
import {
  changeKind,
  clockText,
  cronOf,
  parseClock,
  presetOf,
  type SchedulePreset,
} from './schedule-preset.ts';

const presets: SchedulePreset[] = [
  { kind: 'hourly', minute: 15 },
  { kind: 'everyHours', hours: 6, minute: 5 },
  { kind: 'daily', hour: 2, minute: 0 },
  { kind: 'weekdays', hour: 22, minute: 30 },
  { kind: 'weekly', weekday: 0, hour: 3, minute: 0 },
  { kind: 'monthly', day: 31, hour: 4, minute: 59 },
];

describe('presets', () => {
  it('come back from their own cron', () => {
    expect(presets.map((preset) => presetOf(cronOf(preset)))).toEqual(presets);
  });

  it('leave every other expression as it was written', () => {
    for (const cron of [
      '*/5 * * * *',
      '0 2 1 * 1',
      '0 2 * 6 *',
      '60 2 * * *',
      '0 0 0 * * *',
      'nonsense',
      '0 */5 * * *',
    ]) {
      expect(presetOf(cron)).toEqual({ kind: 'cron', cron });
    }
  });

  it('know Sunday by both its numbers', () => {
    expect(presetOf('0 3 * * 7')).toEqual({ kind: 'weekly', weekday: 0, hour: 3, minute: 0 });
  });

  it('keep the time when the kind changes, and the expression when it becomes cron', () => {
    const daily: SchedulePreset = { kind: 'daily', hour: 23, minute: 10 };
    expect(changeKind(daily, 'weekly')).toEqual({ kind: 'weekly', weekday: 0, hour: 23, minute: 10 });
    expect(changeKind(daily, 'cron')).toEqual({ kind: 'cron', cron: '10 23 * * *' });
  });

  it('read times of day', () => {
    expect(parseClock('07:05')).toEqual({ hour: 7, minute: 5 });
    expect(parseClock('24:00')).toBeNull();
    expect(parseClock('')).toBeNull();
    expect(clockText(7, 5)).toBe('07:05');
  });
});

describe('nextTimes', () => {
  it('counts in the zone of the schedule, over a change of the clock', () => {
    const next = nextTimes('0 2 * * *', 'Europe/Berlin', 3, new Date('2026-10-23T12:00:00Z'));
    if (!next.ok) throw new Error(next.message);
    expect(next.times.map((time) => time.toISOString())).toEqual([
      '2026-10-24T00:00:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-26T01:00:00.000Z',
    ]);
  });

  it('says what is wrong', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(nextTimes('61 * * * *', 'UTC', 5, now)).toMatchObject({ ok: false, reason: 'cron' });
    expect(nextTimes('0 0 2 * * *', 'UTC', 5, now)).toMatchObject({ ok: false, reason: 'cron' });
    expect(nextTimes('0 2 * * *', 'Mars/Olympus', 5, now)).toMatchObject({ ok: false, reason: 'zone' });
    expect(isTimeZone('')).toBe(false);
  });

  it('finds no time for a day that never comes', () => {
    expect(nextTimes('0 0 31 2 *', 'UTC', 5, new Date('2026-01-01T00:00:00Z'))).toEqual({
      ok: true,
      times: [],
    });
  });
});
