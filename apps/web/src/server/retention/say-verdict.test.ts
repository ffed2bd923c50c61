import { retention } from '@breakwater/contract/retention';
import { judgeKnownSnapshots } from '@breakwater/domain/known-snapshots';
import { describe, expect, it } from 'vitest';
import { policyOf } from './policy-of.ts';
import { sayDoubt, sayMatch, sayReasons } from './say-verdict.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const HOUR = 3_600_000;
const snapshots = [0, 1, 30].map((hours, which) => ({
  id: `${which}`,
  recordedAt: START + hours * HOUR,
  madeAt: START + hours * HOUR,
  offsetSeconds: 0,
  files: 1,
  bytes: 1,
  confirmed: false,
}));

function said(rules: object, which = 0): string[] {
  const policy = policyOf(retention.parse(rules));
  const verdict = judgeKnownSnapshots(snapshots, policy, START + 31 * HOUR)[which];
  if (verdict === undefined) throw new Error('there is no such snapshot');
  return sayReasons(verdict, true).map(({ text }) => text);
}

describe('why a snapshot is kept', () => {
  it.each<[object, number, string[]]>([
    [{ keepLast: 1 }, 0, ['one of the last']],
    [{ keepLast: 1 }, 1, []],
    [{ keepHourly: 1 }, 0, ['hourly']],
    [
      { keepDaily: 1, keepWeekly: 1, keepMonthly: 1, keepYearly: 1 },
      0,
      ['daily', 'weekly', 'monthly', 'yearly'],
    ],
    [{ keepDaily: 5 }, 2, ['oldest, counted as daily']],
    [{ keepWithin: '2h' }, 0, ['all within 2h']],
    [{ keepWithin: '1h' }, 1, []],
    [{ keepWithinDaily: '1m' }, 2, ['oldest, counted as daily within 1m']],
    [
      {
        keepWithinHourly: '3h',
        keepWithinWeekly: '1m',
        keepWithinMonthly: '1y',
        keepWithinYearly: '1y5m7d2h',
      },
      0,
      ['hourly within 3h', 'weekly within 1m', 'monthly within 1y', 'yearly within 1y5m7d2h'],
    ],
  ])('%j, snapshot %i', (rules, which, expected) => {
    expect(said(rules, which)).toEqual(expected);
  });

  it('is told of every rule by its kind, and of others in their own words', () => {
    expect(sayMatch('daily snapshot')).toMatchObject({
      kind: 'kept-by-rule',
      values: { rule: 'daily', span: null, oldest: false },
    });
    expect(sayMatch('has tags [a]')).toMatchObject({ kind: 'words', text: 'has tags [a]' });
  });

  it('tells what is odd', () => {
    expect(sayDoubt({ kind: 'future', minutes: 7 }).text).toContain('7 min');
    expect(sayDoubt({ kind: 'tiny', measure: 'files', percent: 3 }).text).toContain('3 % of the files');
  });
});

describe('a retention', () => {
  it.each([
    [{}, 'at least one rule'],
    [{ keepLast: 0 }, '>=1'],
    [{ keepDaily: 1.5 }, 'int'],
    [{ keepWithin: '7x' }, 'units from large to small'],
    [{ keepWithin: '0d' }, 'more than no time'],
    [{ keepTags: ['a'] }, 'keepTags'],
  ])('%j is refused: %s', (given, why) => {
    const parsed = retention.safeParse(given);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.message).toContain(why);
  });
});
