import { describe, expect, it } from 'vitest';
import { formatRetentionDuration, NO_DURATION, parseRetentionDuration } from './retention-duration.ts';
import { DEFAULT_GROUP_BY, describeGroup, groupSnapshots, parseGroupBy } from './retention-groups.ts';
import { describePolicy, EMPTY_POLICY, isEmptyPolicy } from './retention-policy.ts';

describe('durations', () => {
  it.each([
    ['1y5m7d2h', { years: 1, months: 5, days: 7, hours: 2 }, '1y5m7d2h'],
    [' 2h1y ', { ...NO_DURATION, years: 1, hours: 2 }, '1y2h'],
    ['3d4d', { ...NO_DURATION, days: 4 }, '4d'],
    ['0h', NO_DURATION, ''],
    ['', NO_DURATION, ''],
  ])('%j is understood', (text, duration, shortest) => {
    expect(parseRetentionDuration(text)).toEqual({ ok: true, duration });
    expect(formatRetentionDuration(duration)).toBe(shortest);
  });

  it.each(['5', 'd', '-3d', '3w', '3 d', '1.5d', '3D', '99999999999d'])('%j is refused', (text) => {
    expect(parseRetentionDuration(text)).toMatchObject({ ok: false });
  });
});

describe('policies', () => {
  it('are empty without a rule', () => {
    expect(isEmptyPolicy(EMPTY_POLICY)).toBe(true);
    for (const rules of [
      { keepYearly: 'unlimited' as const },
      { keepTags: [['']] },
      { keepWithinWeekly: { ...NO_DURATION, hours: 1 } },
      { keepWithin: { ...NO_DURATION, years: 1 } },
    ]) {
      expect(isEmptyPolicy({ ...EMPTY_POLICY, ...rules })).toBe(false);
    }
  });

  it.each([
    [{}, 'remove all snapshots'],
    [{ keepLast: 3, keepDaily: 'unlimited' as const }, 'keep 3 latest, all daily snapshots'],
    [
      {
        keepHourly: 2,
        keepWithin: { ...NO_DURATION, days: 2 },
        keepWithinMonthly: { ...NO_DURATION, years: 1 },
        keepTags: [['a', 'b'], ['c']],
      },
      'keep 2 hourly snapshots, monthly snapshots within 1y and all snapshots with tags [a, b] or [c] and all snapshots within 2d of the newest',
    ],
  ])('%j is described', (rules, words) => {
    expect(describePolicy({ ...EMPTY_POLICY, ...rules })).toBe(words);
  });
});

describe('groups', () => {
  const snapshots = [
    { n: 1, hostname: 'b', paths: ['/x', '/y'], tags: ['t', 's'] },
    { n: 2, hostname: 'a', paths: ['/x'], tags: [] },
    { n: 3, hostname: 'b', paths: ['/y', '/x'], tags: ['s', 't'] },
    { n: 4, hostname: 'b', paths: ['/x'], tags: ['s'] },
  ];

  it.each([
    ['host,paths', [[2], [4], [1, 3]]],
    [
      'path',
      [
        [2, 4],
        [1, 3],
      ],
    ],
    ['tags', [[2], [4], [1, 3]]],
    ['hosts', [[2], [1, 3, 4]]],
    ['', [[1, 2, 3, 4]]],
  ])('by %j', (text, expected) => {
    const parsed = parseGroupBy(text);
    if (!parsed.ok) throw new Error(text);
    const groups = groupSnapshots(snapshots, parsed.groupBy);
    expect(groups.map((group) => group.snapshots.map(({ n }) => n))).toEqual(expected);
  });

  it('have keys in one order, and words', () => {
    const keys = groupSnapshots(snapshots, { host: true, paths: true, tags: true }).map(({ key }) => key);
    expect(keys.at(-1)).toEqual({ hostname: 'b', paths: ['/x', '/y'], tags: ['s', 't'] });
    expect(keys.map(describeGroup)).toEqual([
      'host a, paths /x',
      'host b, paths /x, tags s',
      'host b, paths /x, /y, tags s, t',
    ]);
    expect(
      groupSnapshots([{ hostname: '', paths: ['\u{1f389}', '\uffff'], tags: [] }], DEFAULT_GROUP_BY)[0]?.key,
    ).toEqual({ hostname: '', paths: ['\uffff', '\u{1f389}'], tags: null });
  });

  it('of an unknown word are refused', () => {
    expect(parseGroupBy('host,user')).toEqual({
      ok: false,
      expected: 'expected host, paths and tags, not "user"',
    });
  });
});
