import { describe, expect, it } from 'vitest';
import { readRunsQuery, runsApiQuery, runsOfDay, runsSearch } from './runs-query.ts';

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
    expect(runsApiQuery(query)).toEqual({ state: null, kind: null, sourceAddress: 'web-1', taskId: null });
  });
});

describe('runsOfDay', () => {
  const at = (createdAt: string) => ({ createdAt });
  const runs = [at('2026-11-23T10:00:00Z'), at('2026-11-22T23:30:00Z'), at('2026-11-22T08:00:00Z')];

  it("takes the day in the reader's zone", () => {
    expect(runsOfDay(runs, '2026-11-23', 'UTC').found).toEqual([runs[0]]);
    expect(runsOfDay(runs, '2026-11-23', 'Europe/Berlin').found).toEqual([runs[0], runs[1]]);
  });

  it('asks for older pages until one is from before that day', () => {
    expect(runsOfDay(runs, '2026-11-22', 'UTC').olderMayFollow).toBe(true);
    expect(runsOfDay(runs, '2026-11-23', 'UTC').olderMayFollow).toBe(false);
    expect(runsOfDay([], '2026-11-23', 'UTC').olderMayFollow).toBe(true);
  });
});
