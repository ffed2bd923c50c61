import type { CopyCare } from '@breakwater/contract/repository-care';
import type { Repository } from '@breakwater/contract/resources';

export type DueCare = { what: 'prune' | 'check'; at: string };

/** What the plan does next to a copy; null while the plan is off. A prune goes first, as what it removes is not read. */
export function nextCare(care: Pick<CopyCare, 'nextPruneAt' | 'nextCheckAt'>): DueCare | null {
  const { nextPruneAt, nextCheckAt } = care;
  if (nextPruneAt === null) return nextCheckAt === null ? null : { what: 'check', at: nextCheckAt };
  if (nextCheckAt !== null && Date.parse(nextCheckAt) < Date.parse(nextPruneAt)) {
    return { what: 'check', at: nextCheckAt };
  }
  return { what: 'prune', at: nextPruneAt };
}

/**
 * What is to come for a damaged copy: a backup that stores it again, then a prune, then a check that finds nothing.
 * `kept`: a prune has had to leave packs where they are, as what they held is nowhere any more.
 */
export function damageStep({
  damage,
  lastPrunedAt,
}: Pick<CopyCare, 'damage' | 'lastPrunedAt'>): 'toStore' | 'toPrune' | 'toVerify' | 'kept' {
  const storedAt = damage?.storedAgainAt ?? null;
  if (storedAt === null) return 'toStore';
  if (lastPrunedAt === null || Date.parse(lastPrunedAt) < Date.parse(damage?.foundAt ?? storedAt))
    return 'toPrune';
  return damage?.packs === 0 ? 'toVerify' : 'kept';
}

const DAY_MS = 86_400_000;

/** Whole days, begun ones counted, at least one; null stays null. */
export function daysSince(since: string | null, now: number): number | null {
  return since === null ? null : Math.max(1, Math.ceil((now - Date.parse(since)) / DAY_MS));
}

/** What a plan reads of a copy, bytes: in a day, a week, and 30 days. A part a day, none twice in a period. */
export function readingOf(bytes: number, everyDays: number): { day: number; week: number; month: number } {
  const day = bytes / everyDays;
  return { day, week: day * 7, month: day * 30 };
}

export interface CareOfAll {
  bytes: number;
  /** Of the copy that has waited longest; null when one never was. */
  prunedAt: string | null;
  checkedAt: string | null;
  /** Of the copy that is read least; null without a copy. */
  readShare: number | null;
  next: DueCare | null;
}

/** All copies of a repository as one line: the worst of each. */
export function careOfAll({ copies }: Pick<Repository, 'copies'>): CareOfAll {
  const dues = copies.map((copy) => nextCare(copy.care)).filter((due) => due !== null);
  return {
    bytes: copies.reduce((sum, copy) => sum + copy.bytes, 0),
    prunedAt: oldest(copies.map((copy) => copy.care.lastPrunedAt)),
    checkedAt: oldest(copies.map((copy) => copy.care.lastCheckedAt)),
    readShare: copies.length === 0 ? null : Math.min(...copies.map((copy) => copy.care.readShare)),
    next: dues.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0] ?? null,
  };
}

function oldest(times: readonly (string | null)[]): string | null {
  let first: string | null = null;
  for (const time of times) {
    if (time === null) return null;
    if (first === null || Date.parse(time) < Date.parse(first)) first = time;
  }
  return first;
}
