import type { CopyCare } from '@breakwater/contract/repository-care';
import { describe, expect, it } from 'vitest';
import { careOfAll, damageStep, daysSince, nextCare, readingOf } from './copy-care.ts';

const day = (date: number) => `2026-11-${String(date).padStart(2, '0')}T02:00:00.000Z`;
const care = (change: Partial<CopyCare> = {}): CopyCare => ({
  lastPrunedAt: day(1),
  lastCheckedAt: day(5),
  readShare: 1,
  nextPruneAt: day(8),
  nextCheckAt: day(6),
  allReadSince: null,
  damage: null,
  ...change,
});
const copy = (of: CopyCare, bytes = 10) => ({
  nodeId: '0190a3f0-0000-7000-8000-000000000001',
  nodeName: 'node-a',
  url: 'http://node-a/',
  online: true,
  bytes,
  snapshots: 1,
  holdsNewest: true,
  lastWriteAt: null,
  replication: { home: true, lacks: 0, replicatedAt: null, failures: 0, nextTryAt: null },
  care: of,
});

describe('damageStep', () => {
  const runId = '0190a3f0-0000-7000-8000-000000000002';
  const damage = {
    foundAt: day(5),
    runId,
    errors: 2,
    packIds: ['ab'.repeat(32)],
    packs: 1,
    storedAgainAt: null,
  };
  const mended = { ...damage, storedAgainAt: day(6) };
  it.each<[string, Partial<CopyCare>]>([
    ['toStore', { damage }],
    ['toPrune', { damage: mended }],
    ['toPrune', { damage: mended, lastPrunedAt: null }],
    ['kept', { damage: mended, lastPrunedAt: day(7) }],
    ['toVerify', { damage: { ...mended, packs: 0, packIds: [] }, lastPrunedAt: day(7) }],
  ])('is %s for %j', (step, change) => {
    expect(damageStep(care(change))).toBe(step);
  });
});

describe('what is read', () => {
  it.each([
    [null, null],
    [day(20), 1],
    [day(19), 1],
    [day(18), 2],
    ['2026-11-19T02:00:01.000Z', 1],
    [day(1), 19],
  ])('since %s was within %s days', (since, days) => {
    expect(daysSince(since, Date.parse(day(20)))).toBe(days);
  });

  it('is told by the day, week and month', () => {
    expect(readingOf(300, 30)).toEqual({ day: 10, week: 70, month: 300 });
    expect(readingOf(300, 7)).toMatchObject({ week: 300 });
  });
});

describe('nextCare', () => {
  it('is what is due first, the prune when both are', () => {
    expect(nextCare(care())).toEqual({ what: 'check', at: day(6) });
    expect(nextCare(care({ nextPruneAt: day(6) }))).toEqual({ what: 'prune', at: day(6) });
  });

  it('is nothing while the plan is off', () => {
    expect(nextCare(care({ nextPruneAt: null, nextCheckAt: null }))).toBeNull();
  });
});

describe('careOfAll', () => {
  it('is the worst of each copy', () => {
    const copies = [
      copy(care({ readShare: 0.5, nextCheckAt: day(4) })),
      copy(care({ lastCheckedAt: day(2) }), 5),
    ];
    expect(careOfAll({ copies })).toEqual({
      bytes: 15,
      prunedAt: day(1),
      checkedAt: day(2),
      readShare: 0.5,
      next: { what: 'check', at: day(4) },
    });
  });

  it('is never, when one copy never was', () => {
    const copies = [copy(care()), copy(care({ lastPrunedAt: null, lastCheckedAt: null }))];
    expect(careOfAll({ copies })).toMatchObject({ prunedAt: null, checkedAt: null });
  });

  it('knows nothing without a copy', () => {
    expect(careOfAll({ copies: [] })).toEqual({
      bytes: 0,
      prunedAt: null,
      checkedAt: null,
      readShare: null,
      next: null,
    });
  });
});
