import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeKnownSnapshots, type KnownSnapshot } from './known-snapshots.ts';
import { EMPTY_POLICY, type RetentionPolicy } from './retention-policy.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-01T03:00:00Z');
const policy = (rules: Partial<RetentionPolicy>): RetentionPolicy => ({ ...EMPTY_POLICY, ...rules });
/** One a day, of 100 files and 1000 bytes. */
const day = (which: number, more: Partial<KnownSnapshot> = {}): KnownSnapshot => ({
  id: `day ${which}`,
  recordedAt: START + which * DAY,
  madeAt: START + which * DAY,
  offsetSeconds: 0,
  files: 100,
  bytes: 1000,
  confirmed: false,
  ...more,
});
const NOW = START + 20 * DAY;
const kept = (list: KnownSnapshot[], rules: Partial<RetentionPolicy>): string[] =>
  judgeKnownSnapshots(list, policy(rules), NOW)
    .filter(({ keep }) => keep)
    .map(({ snapshot }) => snapshot.id);

describe('judgeKnownSnapshots', () => {
  it('keeps by the rules, newest first, and says which', () => {
    const verdicts = judgeKnownSnapshots([day(1), day(3), day(2)], policy({ keepLast: 2 }), NOW);
    expect(verdicts.map(({ snapshot, keep, matches }) => [snapshot.id, keep, matches])).toEqual([
      ['day 3', true, ['last snapshot']],
      ['day 2', true, ['last snapshot']],
      ['day 1', false, []],
    ]);
  });

  it('keeps all without a policy', () => {
    expect(judgeKnownSnapshots([day(1), day(2)], null, NOW).every(({ keep }) => keep)).toBe(true);
  });

  it('goes by when a snapshot was recorded, not by what it says itself', () => {
    const backdated = day(5, { madeAt: START - 900 * DAY });
    expect(kept([day(3), day(4), backdated], { keepLast: 1 })).toEqual(['day 5']);
  });

  it('counts days where the backup was made', () => {
    const at = START + 15 * 3_600_000;
    const evening = day(0, { id: 'evening', recordedAt: at, madeAt: at, offsetSeconds: 9 * 3600 });
    const before = day(0, { id: 'before', offsetSeconds: 9 * 3600 });
    // 03:00 and 18:00 UTC are one day in UTC; in Tokyo the second is the next day's.
    expect(kept([before, evening], { keepDaily: 5 })).toEqual(['evening', 'before']);
    const inUtc = [before, evening].map((one) => ({ ...one, offsetSeconds: 0 }));
    expect(kept([day(-5), ...inUtc], { keepDaily: 2 })).toEqual(['evening', 'day -5']);
  });

  it('counts one of this very moment', () => {
    expect(kept([day(20)], { keepLast: 1 })).toEqual(['day 20']);
  });

  it.each<[string, Partial<KnownSnapshot>, object | null]>([
    ['a tenth of the bytes is enough', { bytes: 100 }, null],
    ['less is not', { bytes: 99 }, { kind: 'tiny', measure: 'bytes', percent: 9 }],
    ['nor are few files', { files: 0 }, { kind: 'tiny', measure: 'files', percent: 0 }],
    ['sizes that are not known', { bytes: null, files: null }, null],
    ['clocks differ', { madeAt: START + 4 * DAY + 5 * 60_000 }, null],
    ['the future', { madeAt: START + 4 * DAY + 3_600_000 }, { kind: 'future', minutes: 60 }],
  ])('doubts: %s', (_, change, doubt) => {
    const [newest, ...others] = judgeKnownSnapshots(
      [day(1), day(2), day(3), day(4, change)],
      policy({ keepLast: 1 }),
      NOW,
    );
    expect(newest).toMatchObject({ keep: true, doubt });
    // One in doubt takes nobody's place.
    expect(others.map(({ keep }) => keep)).toEqual([doubt !== null, false, false]);
  });

  it('goes on doubting what stays tiny, until somebody confirms one: then it is what is usual', () => {
    const small = { bytes: 5, files: 2 };
    const list = [day(1), day(2), day(3, small), day(4, small), day(5, small), day(6, small)];
    const doubted = (snapshots: KnownSnapshot[]) =>
      judgeKnownSnapshots(snapshots, policy({ keepLast: 1 }), NOW)
        .filter(({ doubt }) => doubt !== null)
        .map(({ snapshot }) => snapshot.id);
    expect(doubted(list)).toEqual(['day 6', 'day 5', 'day 4', 'day 3']);
    const confirmed = list.map((one) => (one.id === 'day 5' ? { ...one, confirmed: true } : one));
    expect(doubted(confirmed)).toEqual([]);
    expect(doubted([...confirmed, day(7, { bytes: 0 })])).toEqual(['day 7']);
  });

  it('for any list keeps no less than without those in doubt, whatever comes in between', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 10 }), (bytes, keepLast) => {
        const list = bytes.map((size, which) => day(which, { bytes: size }));
        const verdicts = judgeKnownSnapshots(list, policy({ keepLast }), NOW);
        const trusted = verdicts.filter(({ doubt }) => doubt === null);
        expect(trusted.slice(0, keepLast).every(({ keep }) => keep)).toBe(true);
        expect(trusted.slice(keepLast).some(({ keep }) => keep)).toBe(false);
        expect(verdicts.every(({ keep, doubt }) => keep || doubt === null)).toBe(true);
      }),
    );
  });
});

describe('snapshots made of different things', () => {
  it('are judged each among its like, newest first', () => {
    const dump = (which: number) =>
      day(which, { id: `dump ${which}`, madeOf: 'pg', bytes: 900_000, files: 1 });
    const list = [dump(1), day(1, { recordedAt: START + DAY + 1 }), day(2), day(3), day(4)];
    const verdicts = judgeKnownSnapshots(list, policy({ keepLast: 2 }), NOW);
    expect(verdicts.map(({ snapshot, keep, doubt }) => [snapshot.id, keep, doubt])).toEqual([
      ['day 4', true, null],
      ['day 3', true, null],
      ['day 2', false, null],
      ['day 1', false, null],
      // The only one of its kind stays, however old it grows.
      ['dump 1', true, null],
    ]);
  });
});
