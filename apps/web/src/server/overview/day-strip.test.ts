import { describe, expect, it } from 'vitest';
import { dayStrip, lastDays } from './day-strip.ts';

describe('lastDays', () => {
  it('ends today, in the time zone that was asked for', () => {
    const now = Date.parse('2026-11-22T23:30:00Z');
    expect(lastDays('UTC', now).at(-1)).toBe('2026-11-22');
    expect(lastDays('Asia/Shanghai', now).at(-1)).toBe('2026-11-23');
    expect(lastDays('America/New_York', now).at(-1)).toBe('2026-11-22');
  });

  it('has thirty different dates over a change of summer time', () => {
    const days = lastDays('Europe/Berlin', Date.parse('2026-11-10T00:30:00Z'));
    expect(new Set(days).size).toBe(30);
    expect(days[0]).toBe('2026-10-12');
  });
});

describe('dayStrip', () => {
  it('shows the worst of each day and counts all of it', () => {
    const strip = dayStrip(
      ['d1', 'd2', 'd3'],
      [
        { date: 'd1', state: 'succeeded', runs: 3 },
        { date: 'd1', state: 'stopped', runs: 1 },
        { date: 'd3', state: 'partial', runs: 1 },
      ],
    );
    expect(strip).toEqual([
      { date: 'd1', state: 'missed', runs: 4 },
      { date: 'd2', state: 'none', runs: 0 },
      { date: 'd3', state: 'partial', runs: 1 },
    ]);
  });
});
