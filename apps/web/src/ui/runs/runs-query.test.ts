import { describe, expect, it } from 'vitest';
import { dayBounds, readRunsQuery, runsApiQuery, runsSearch } from './runs-query.ts';

describe('runs query', () => {
  it('survives the way through the URL', () => {
    const search =
      '?state=failed&kind=backup&server=web-1&task=0190a3f0-0000-7000-8000-000000000001&day=2026-11-22';
    expect(runsSearch(readRunsQuery(new URLSearchParams(search)))).toBe(search);
    expect(runsSearch(readRunsQuery(new URLSearchParams('')))).toBe('');
  });

  it('ignores what it does not know', () => {
    const query = readRunsQuery(new URLSearchParams('?state=burning&kind=x&server=%20&task=1&day=today'));
    expect(query).toEqual({ state: null, kind: null, server: null, taskId: null, day: null });
  });

  it('asks the API in its own words', () => {
    const query = readRunsQuery(new URLSearchParams('?server=web-1'));
    const all = { state: null, kind: null, sourceAddress: 'web-1', taskId: null };
    expect(runsApiQuery(query, 'UTC')).toEqual(all);
    expect(runsApiQuery({ ...query, day: '2026-11-22' }, 'Europe/Berlin')).toEqual({
      ...all,
      from: '2026-11-21T23:00:00.000Z',
      to: '2026-11-22T23:00:00.000Z',
    });
  });
});

describe('dayBounds', () => {
  it.each([
    ['2026-11-22', 'UTC', '2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['2026-11-22', 'Pacific/Kiritimati', '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22', 'Pacific/Niue', '2026-11-22T11:00:00.000Z', '2026-11-23T11:00:00.000Z'],
    ['2026-12-31', 'Asia/Shanghai', '2026-12-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
  ])('%s in %s', (day, zone, from, to) => {
    expect(dayBounds(day, zone)).toEqual({ from, to });
  });

  it('has 23 hours, or 25, when the clocks change', () => {
    const hours = (day: string, zone: string) => {
      const { from, to } = dayBounds(day, zone);
      return (Date.parse(to) - Date.parse(from)) / 3_600_000;
    };
    expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25);
    // Where midnight itself is skipped the day begins at one.
    expect(dayBounds('2018-11-04', 'America/Sao_Paulo').from).toBe('2018-11-04T03:00:00.000Z');
  });
});
