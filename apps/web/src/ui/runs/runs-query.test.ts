import { describe, expect, it } from 'vitest';
import { readRunsQuery, runsApiQuery, runsSearch } from './runs-query.ts';

describe('runs query', () => {
  it('survives the way through the URL', () => {
    const search = '?state=failed&kind=backup&server=web-1&task=0190a3f0-0000-7000-8000-000000000001';
    expect(runsSearch(readRunsQuery(new URLSearchParams(search)))).toBe(search);
    expect(runsSearch(readRunsQuery(new URLSearchParams('')))).toBe('');
  });

  it('ignores what it does not know', () => {
    const query = readRunsQuery(new URLSearchParams('?state=burning&kind=x&server=%20&task=1'));
    expect(query).toEqual({ state: null, kind: null, server: null, taskId: null });
  });

  it('asks the API in its own words', () => {
    const query = readRunsQuery(new URLSearchParams('?server=web-1'));
    expect(runsApiQuery(query)).toEqual({ state: null, kind: null, sourceAddress: 'web-1', taskId: null });
  });
});
