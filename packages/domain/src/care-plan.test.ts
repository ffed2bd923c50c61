import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allReadSince,
  CARE_RETRY_MS,
  type CarePlan,
  type CopyHistory,
  FIRST_BYTES,
  judgeCare,
  nextCheck,
  nextPruneAt,
  noteRead,
  readShare,
} from './care-plan.ts';

const DAY = 86_400_000;
const CREATED = Date.parse('2026-11-01T00:00:00Z');
const plan: CarePlan = { enabled: true, pruneEveryDays: 7, checkEveryByteDays: 30 };
const fresh: CopyHistory = {
  createdAt: CREATED,
  lastPrunedAt: null,
  lastCheckedAt: null,
  readAt: [],
  caredForAt: null,
  damage: null,
};
const at = (days: number) => CREATED + days * DAY;
const justRead = noteRead([], null, at(40));

describe('judgeCare', () => {
  it.each<[string, Partial<CarePlan>, Partial<CopyHistory>, number, object]>([
    ['a new copy is left alone', {}, {}, at(0.5), { due: 'nothing', reason: 'early' }],
    ['its first part is read within a day', {}, {}, at(1), { due: 'check', part: 1, of: 30 }],
    ['a plan that is off does nothing', { enabled: false }, {}, at(90), { due: 'nothing', reason: 'off' }],
    ['a week after it was made it is pruned', {}, {}, at(7), { due: 'prune' }],
    [
      'a week after a prune it is pruned again',
      {},
      { lastPrunedAt: at(35), readAt: justRead },
      at(42),
      { due: 'prune' },
    ],
    [
      'not a moment sooner',
      {},
      { lastPrunedAt: at(35), readAt: justRead },
      at(42) - 1,
      { due: 'nothing', reason: 'early' },
    ],
    ['what failed is left alone', {}, { caredForAt: at(7) }, at(7) + CARE_RETRY_MS - 1, { due: 'nothing' }],
    ['for an hour', {}, { caredForAt: at(7) }, at(7) + CARE_RETRY_MS, { due: 'prune' }],
    [
      'what went well does not hold up the next part',
      {},
      {
        caredForAt: at(3),
        lastCheckedAt: at(3) + 1,
        readAt: noteRead([], { kind: 'group', group: 1, of: 30 }, at(3)),
      },
      at(3) + 2,
      { due: 'check', part: 2, of: 30 },
    ],
    [
      'every day all of it',
      { checkEveryByteDays: 1, pruneEveryDays: 365 },
      { readAt: justRead },
      at(40.5),
      { due: 'check', part: 1, of: 1 },
    ],
  ])('%s', (_, change, history, now, expected) => {
    expect(judgeCare({ ...plan, ...change }, { ...fresh, ...history }, now)).toMatchObject(expected);
  });

  it('says when it is due next', () => {
    expect(nextPruneAt(plan, fresh)).toBe(at(7));
    expect(nextCheck(plan, { ...fresh, readAt: justRead }).at).toBeCloseTo(at(40) + (30 * 30 * DAY) / 31, -1);
  });
});

describe('a copy with damage', () => {
  const damage = { foundAt: at(40), packIds: ['ab'], storedAgainAt: null };
  const mended = { ...damage, storedAgainAt: at(41) };
  const copy = {
    ...fresh,
    lastPrunedAt: at(39),
    lastCheckedAt: at(40),
    readAt: justRead,
    caredForAt: at(40),
  };
  it.each<[string, Partial<CopyHistory>, number, object]>([
    ['is left alone until a backup has been stored', { damage }, at(41), { due: 'nothing' }],
    ['is pruned as soon as one was', { damage: mended }, at(41), { due: 'prune' }],
    [
      'not again at once where that failed',
      { damage: mended, caredForAt: at(41) + 1 },
      at(41) + 2 * CARE_RETRY_MS,
      { due: 'nothing' },
    ],
    ['but a day later', { damage: mended, caredForAt: at(41) + 1 }, at(42) + 1, { due: 'prune' }],
    [
      'where packs had to stay, a day later and after another backup',
      { damage: { ...mended, storedAgainAt: at(41.2) }, lastPrunedAt: at(41.1), caredForAt: at(41.1) },
      at(42),
      { due: 'nothing' },
    ],
    [
      'which then may bring the rest',
      { damage: { ...mended, storedAgainAt: at(41.2) }, lastPrunedAt: at(41.1), caredForAt: at(41.1) },
      at(42.1),
      { due: 'prune' },
    ],
    [
      'is checked as soon as its damaged packs have gone',
      { damage: { ...mended, packIds: [] }, lastPrunedAt: at(41.1), caredForAt: at(41.05) },
      at(41.1),
      { due: 'check' },
    ],
    [
      'and then left to the plan',
      { damage: { ...mended, packIds: [] }, lastPrunedAt: at(41.1), lastCheckedAt: at(41.2) },
      at(41.3),
      { due: 'nothing' },
    ],
  ])('%s', (_, history, now, expected) => {
    const some = { ...plan, checkEveryByteDays: 300 };
    expect(judgeCare(some, { ...copy, ...history }, now)).toMatchObject(expected);
  });
});

describe('what was read', () => {
  it('says since when all of it has been', () => {
    expect(allReadSince([])).toBeNull();
    const half = noteRead([], { kind: 'group', group: 1, of: 2 }, at(1));
    expect(allReadSince(half)).toBeNull();
    expect(allReadSince(noteRead(half, { kind: 'group', group: 2, of: 2 }, at(9)))).toBe(at(1));
  });

  it('is counted by the first bytes of packs, and grows old', () => {
    const read = noteRead([], { kind: 'group', group: 3, of: 4 }, at(0));
    expect(readShare(plan, read, at(30))).toBe(0.25);
    expect(readShare(plan, read, at(30) + 1)).toBe(0);
    expect(readShare(plan, noteRead(read, null, at(5)), at(30))).toBe(1);
  });

  it('is not known of a random choice', () => {
    expect(readShare(plan, noteRead([], { kind: 'percent', percent: 99 }, at(0)), at(0))).toBe(0);
  });
});

describe('for any plan and any days missed', () => {
  const day = fc.boolean();
  const plans = fc.integer({ min: 1, max: 300 });
  it('every byte has been read within the period, whenever the control center was up for a moment', () => {
    fc.assert(
      fc.property(plans, fc.array(day, { minLength: 40, maxLength: 120 }), (checkEveryByteDays, up) => {
        const some = { ...plan, pruneEveryDays: 365, checkEveryByteDays };
        let copy = fresh;
        for (const [which, isUp] of up.entries()) {
          if (!isUp) continue;
          const now = at(which + 1);
          for (;;) {
            const verdict = judgeCare(some, copy, now);
            if (verdict.due !== 'check') break;
            const subset = { kind: 'group', group: verdict.part, of: verdict.of } as const;
            copy = { ...copy, readAt: noteRead(copy.readAt, subset, now), lastCheckedAt: now };
          }
          const since = now - checkEveryByteDays * DAY;
          if (since < CREATED) continue;
          expect(readShare(some, copy.readAt, now)).toBe(1);
        }
      }),
    );
  });

  it('with no day missed every part of the month comes up once in it, one a day or two', () => {
    let copy = fresh;
    const seen: number[][] = [];
    for (let which = 1; which <= 60; which += 1) {
      const parts: number[] = [];
      for (;;) {
        const verdict = judgeCare({ ...plan, pruneEveryDays: 365 }, copy, at(which));
        if (verdict.due !== 'check') break;
        parts.push(verdict.part);
        const subset = { kind: 'group', group: verdict.part, of: verdict.of } as const;
        copy = { ...copy, readAt: noteRead(copy.readAt, subset, at(which)), lastCheckedAt: at(which) };
      }
      seen.push(parts);
    }
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (let from = 0; from + 30 <= seen.length; from += 1) {
      expect([...new Set(seen.slice(from, from + 30).flat())].sort((a, b) => a - b)).toEqual(all);
    }
    expect(Math.max(...seen.map((parts) => parts.length))).toBeLessThanOrEqual(2);
    expect(copy.readAt).toHaveLength(FIRST_BYTES);
  });
});
