import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyRetention, type RetentionSnapshot } from './retention.ts';
import { parseRetentionDuration, type RetentionDuration } from './retention-duration.ts';
import { EMPTY_POLICY, type KeepCount, type RetentionPolicy } from './retention-policy.ts';
import { hasTags, splitTagList } from './retention-tags.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

/** `2026-01-31T10:00:00+02:00` and a few tags as a snapshot; its time is its id. */
function at(time: string, ...tags: string[]): RetentionSnapshot {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(time);
  const offset = zone === null ? 0 : (Number(zone[2]) * 60 + Number(zone[3])) * 60;
  return {
    id: time,
    time: { ns: BigInt(Date.parse(time)) * 1_000_000n, offsetSeconds: zone?.[1] === '-' ? -offset : offset },
    tags,
  };
}

function duration(text: string): RetentionDuration {
  const parsed = parseRetentionDuration(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.duration;
}

function keptOf(snapshots: RetentionSnapshot[], rules: Partial<RetentionPolicy>, now = NOW): string[] {
  const verdicts = applyRetention(snapshots, { ...EMPTY_POLICY, ...rules }, now);
  return verdicts.filter((one) => one.kept).map((one) => one.snapshot.id);
}

function reasonsOf(snapshots: RetentionSnapshot[], rules: Partial<RetentionPolicy>): string[][] {
  const verdicts = applyRetention(snapshots, { ...EMPTY_POLICY, ...rules }, NOW);
  return verdicts.map((one) => (one.kept ? one.matches : []));
}

const hourly = Array.from({ length: 10 * 24 }, (_, hour) =>
  at(new Date(Date.UTC(2026, 10, 12, hour)).toISOString()),
);

describe('counted rules', () => {
  it('keep the newest of each day', () => {
    const days = keptOf(hourly, { keepDaily: 3 });
    expect(days).toEqual([
      '2026-11-21T23:00:00.000Z',
      '2026-11-20T23:00:00.000Z',
      '2026-11-19T23:00:00.000Z',
    ]);
  });

  it('keep the oldest as well while they have counts left', () => {
    const verdicts = applyRetention(hourly, { ...EMPTY_POLICY, keepMonthly: 3 }, NOW);
    const kept = verdicts.filter((one) => one.kept);
    expect(kept.map((one) => [one.snapshot.id, one.matches, one.counters])).toEqual([
      ['2026-11-21T23:00:00.000Z', ['monthly snapshot'], { monthly: 2 }],
      ['2026-11-12T00:00:00.000Z', ['oldest monthly snapshot'], { monthly: 1 }],
    ]);
    expect(keptOf(hourly, { keepMonthly: 1 })).toEqual(['2026-11-21T23:00:00.000Z']);
  });

  it('say every rule that keeps a snapshot, tags and spans in restic’s order', () => {
    const list = [at('2026-11-20T10:00:00Z', 'a', 'b'), at('2026-11-20T09:00:00Z')];
    const rules = {
      keepLast: 1,
      keepHourly: 'unlimited' as const,
      keepYearly: 5,
      keepWithin: duration('30h'),
      keepWithinDaily: duration('1y2m'),
      keepTags: [['b'], ['a', 'b'], ['c']],
    };
    expect(reasonsOf(list, rules)).toEqual([
      [
        'has tags [b]',
        'has tags [a, b]',
        'within 30h',
        'last snapshot',
        'hourly snapshot',
        'yearly snapshot',
        'daily within 1y2m',
      ],
      ['within 30h', 'hourly snapshot', 'oldest yearly snapshot', 'oldest daily within 1y2m'],
    ]);
  });

  it('count days where the snapshot was made', () => {
    const list = [
      at('2026-03-02T00:30:00+14:00'),
      at('2026-03-01T22:00:00+14:00'),
      at('2026-03-01T20:00:00-11:00'),
    ];
    expect(keptOf(list, { keepDaily: 9 })).toHaveLength(3);
    const oneDay = [at('2026-03-01T23:30:00-11:00'), at('2026-03-01T00:10:00-11:00')];
    expect(reasonsOf(oneDay, { keepDaily: 1 })).toEqual([['daily snapshot'], []]);
  });

  it.each([
    // 2021 began on a Friday: its first days belong to week 53 of 2020.
    ['2021-01-03T12:00:00Z', '2020-12-28T12:00:00Z', true],
    ['2021-01-04T12:00:00Z', '2021-01-03T12:00:00Z', false],
    // 2024-12-30 is a Monday of 2025's first week.
    ['2025-01-05T12:00:00Z', '2024-12-30T12:00:00Z', true],
    ['2024-12-30T00:00:00Z', '2024-12-29T23:59:59Z', false],
    // 2018: week 1 begins with the year; 2017-01-01 is still week 52 of 2016.
    ['2018-01-07T12:00:00Z', '2018-01-01T00:00:00Z', true],
    ['2017-01-01T12:00:00Z', '2016-12-26T00:00:00Z', true],
    ['0001-01-07T12:00:00Z', '0001-01-01T00:00:00Z', true],
  ])('%s and %s in one ISO week: %s', (newer, older, same) => {
    expect(keptOf([at(newer), at(older), at('0001-01-01T00:00:00Z')], { keepWeekly: 2 })).toHaveLength(2);
    expect(keptOf([at(newer), at(older)], { keepWeekly: 1 })).toHaveLength(1);
    const reasons = reasonsOf([at(newer), at(older)], { keepWeekly: 2 });
    expect(reasons[1]).toEqual([same ? 'oldest weekly snapshot' : 'weekly snapshot']);
  });
});

describe('durations', () => {
  it('count back from the newest snapshot that is not in the future', () => {
    const list = [at('2027-01-01T00:00:00Z'), at('2026-11-22T11:00:00Z'), at('2026-11-22T08:00:00Z')];
    expect(keptOf(list, { keepWithin: duration('2h') })).toEqual([
      '2027-01-01T00:00:00Z',
      '2026-11-22T11:00:00Z',
    ]);
    expect(keptOf(list.slice(0, 1), { keepWithin: duration('1h') }, 0)).toHaveLength(1);
  });

  it.each([
    ['2026-03-31T12:00:00Z', '1m', '2026-03-03T12:00:00.001Z', '2026-03-03T12:00:00Z'],
    ['2024-02-29T12:00:00Z', '1y', '2023-03-01T12:00:00.001Z', '2023-03-01T12:00:00Z'],
    ['2026-01-15T00:30:00+02:00', '1m1d1h', '2025-12-13T23:30:01+02:00', '2025-12-13T23:30:00+02:00'],
    ['2026-11-01T00:00:00Z', '48h', '2026-10-30T00:00:01Z', '2026-10-30T00:00:00Z'],
  ])('from %s, %s ends after %s', (latest, span, inside, outside) => {
    const list = [at(latest), at(inside), at(outside)];
    expect(keptOf(list, { keepWithin: duration(span) })).toEqual([latest, inside]);
  });

  it('of more years than a calendar has keep everything', () => {
    expect(keptOf(hourly, { keepWithin: duration('999999y') })).toHaveLength(hourly.length);
  });
});

describe('tags', () => {
  it.each([
    [['a', 'b'], 'a', true],
    [['a', 'b'], 'b, a', true],
    [['a'], 'a,b', false],
    [[], '', true],
    [['a'], '', false],
    [[], 'a', false],
  ])('%j have %j: %s', (tags, wanted, expected) => {
    expect(hasTags(tags, splitTagList(wanted))).toBe(expected);
  });
});

const snapshotArbitrary = fc.record({
  id: fc.uuid(),
  time: fc.record({
    ns: fc
      .bigInt({ min: BigInt(NOW) - 86_400_000n * 900n, max: BigInt(NOW) + 86_400_000n })
      .map((ms) => ms * 1_000_000n),
    offsetSeconds: fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 900),
  }),
  tags: fc.subarray(['a', 'b', 'c']),
});
const listArbitrary = fc.uniqueArray(snapshotArbitrary, { maxLength: 40, selector: ({ id }) => id });
const countArbitrary: fc.Arbitrary<KeepCount> = fc.oneof(
  fc.constant<KeepCount>(0),
  fc.integer({ min: 0, max: 12 }),
  fc.constant<KeepCount>('unlimited'),
);
const durationArbitrary = fc.record({
  years: fc.integer({ min: 0, max: 2 }),
  months: fc.integer({ min: 0, max: 14 }),
  days: fc.integer({ min: 0, max: 40 }),
  hours: fc.integer({ min: 0, max: 100 }),
});
const countRules = [
  'keepLast',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'keepYearly',
] as const;
const spanRules = [
  'keepWithin',
  'keepWithinHourly',
  'keepWithinDaily',
  'keepWithinWeekly',
  'keepWithinMonthly',
  'keepWithinYearly',
] as const;
const policyArbitrary: fc.Arbitrary<RetentionPolicy> = fc
  .tuple(
    fc.tuple(...countRules.map(() => countArbitrary)),
    fc.tuple(
      ...spanRules.map(() =>
        fc.oneof({ weight: 3, arbitrary: fc.constant(duration('')) }, durationArbitrary),
      ),
    ),
    fc.array(fc.subarray(['a', 'b', ''], { minLength: 1 }), { maxLength: 2 }),
  )
  .map(([counts, spans, keepTags]) => {
    const policy: { -readonly [Rule in keyof RetentionPolicy]: RetentionPolicy[Rule] } = {
      ...EMPTY_POLICY,
      keepTags,
    };
    for (const [which, rule] of countRules.entries()) policy[rule] = counts[which] ?? 0;
    for (const [which, rule] of spanRules.entries()) policy[rule] = spans[which] ?? duration('');
    return policy;
  });

/** The policy with one rule keeping more. */
function loosened(policy: RetentionPolicy): fc.Arbitrary<RetentionPolicy> {
  const counts = countRules.flatMap((rule) => {
    const count = policy[rule];
    return count === 'unlimited' ? [] : [{ [rule]: count + 1 }, { [rule]: 'unlimited' as const }];
  });
  const spans = spanRules.flatMap((rule) => {
    const { days, hours } = policy[rule];
    return [
      { [rule]: { ...policy[rule], days: days + 3 } },
      { [rule]: { ...policy[rule], hours: hours + 5 } },
    ];
  });
  const tags = [{ keepTags: [...policy.keepTags, ['c']] }];
  return fc.constantFrom(...counts, ...spans, ...tags).map((change) => ({ ...policy, ...change }));
}

describe('for any snapshots and policy', () => {
  it('every snapshot is judged once, newest first, whatever the order given', () => {
    const shuffled = listArbitrary.chain((list) =>
      fc.record({ list: fc.constant(list), other: fc.shuffledSubarray(list, { minLength: list.length }) }),
    );
    fc.assert(
      fc.property(shuffled, policyArbitrary, ({ list, other }, policy) => {
        const verdicts = applyRetention(list, policy, NOW);
        expect(verdicts.map((one) => one.snapshot.id).sort()).toEqual(list.map(({ id }) => id).sort());
        const times = verdicts.map((one) => one.snapshot.time.ns);
        expect(times.every((time, which) => which === 0 || time <= (times[which - 1] ?? time))).toBe(true);
        expect(applyRetention(other, policy, NOW)).toEqual(verdicts);
        expect(verdicts.every((one) => !one.kept || one.matches.length > 0)).toBe(true);
      }),
    );
  });

  it('a looser rule keeps no less', () => {
    const pair = policyArbitrary.chain((policy) =>
      fc.record({ policy: fc.constant(policy), looser: loosened(policy) }),
    );
    fc.assert(
      fc.property(listArbitrary, pair, (list, { policy, looser }) => {
        const kept = new Set(keptOf(list, looser));
        expect(keptOf(list, policy).filter((id) => !kept.has(id))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('what is kept once is kept again when the rest is gone', () => {
    // Of the future none: the one that durations count from is then always the newest, and kept.
    const past = listArbitrary.map((list) => list.filter(({ time }) => time.ns < BigInt(NOW) * 1_000_000n));
    fc.assert(
      fc.property(past, policyArbitrary, (list, policy) => {
        const kept = applyRetention(list, policy, NOW).flatMap((one) => (one.kept ? [one.snapshot] : []));
        expect(keptOf(kept, policy)).toEqual(kept.map(({ id }) => id));
      }),
      { numRuns: 400 },
    );
  });
});
