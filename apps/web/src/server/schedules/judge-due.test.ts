import { describe, expect, it } from 'vitest';
import { judgeDue } from './judge-due.ts';

const hourly = { cron: '0 * * * *', timeZone: 'UTC' };
const HOUR = 3_600_000;
const MIDNIGHT = Date.parse('2026-05-01T00:00:00Z');

describe('judgeDue', () => {
  it('waits for a time to come', () => {
    expect(judgeDue(hourly, MIDNIGHT + HOUR, MIDNIGHT)).toEqual({ due: false });
  });

  it('goes on time, some seconds late or to the millisecond', () => {
    const onTime = { due: true, next: MIDNIGHT + HOUR, missed: [], lateSince: null };
    expect(judgeDue(hourly, MIDNIGHT, MIDNIGHT)).toEqual(onTime);
    expect(judgeDue(hourly, MIDNIGHT, MIDNIGHT + 60_000)).toEqual(onTime);
  });

  it('catches up with the newest time and counts the earlier ones as missed', () => {
    const now = MIDNIGHT + 3 * HOUR + 30 * 60_000;
    expect(judgeDue(hourly, MIDNIGHT, now)).toEqual({
      due: true,
      next: MIDNIGHT + 4 * HOUR,
      missed: [MIDNIGHT, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR],
      lateSince: MIDNIGHT + 3 * HOUR,
    });
  });

  it('names a single time that passed as late, not as missed', () => {
    const verdict = judgeDue({ cron: '0 0 * * *', timeZone: 'UTC' }, MIDNIGHT, MIDNIGHT + 5 * HOUR);
    expect(verdict).toMatchObject({ missed: [], lateSince: MIDNIGHT });
  });

  it('writes down no more than thirty', () => {
    const verdict = judgeDue(hourly, MIDNIGHT, MIDNIGHT + 1000 * HOUR);
    expect(verdict).toMatchObject({ due: true, lateSince: null });
    if (verdict.due) expect(verdict.missed).toHaveLength(30);
  });
});
