import type { CheckSubset } from './check-subset.ts';

/** What is known to be damaged on a copy. Times in epoch milliseconds. */
export interface CopyDamage {
  readonly foundAt: number;
  /** Problems that the last check with any counted. */
  readonly errors: number;
  /** Packs that are missing or damaged, at most as many as `limit` said. */
  readonly packIds: readonly string[];
  /** How many there were, with those that are not named. */
  readonly packs: number;
  /** When a backup that knew of it was stored on the copy last. */
  readonly storedAgainAt: number | null;
}

/** What one check found on a copy. */
export interface CheckFindings {
  readonly packIds: readonly string[];
  readonly packs: number;
  readonly errors: number;
  /** Packs that it read whole: all (null), some, or none (undefined). */
  readonly read: CheckSubset | null | undefined;
}

/**
 * What is known after a check: packs that it found, and those known before that it did not look into. Null: it found
 * nothing, and looked into all that was known. What is found anew has not been stored again yet.
 */
export function noteFindings(
  before: CopyDamage | null,
  found: CheckFindings,
  at: number,
  limit: number,
): CopyDamage | null {
  const kept = (before?.packIds ?? []).filter((packId) => !wasRead(packId, found.read));
  if (found.errors === 0 && kept.length === 0) return null;
  const all = [...new Set([...kept, ...found.packIds])].sort();
  const known = new Set(before?.packIds);
  const isNew = found.packIds.some((packId) => !known.has(packId));
  const unnamed = found.packs - found.packIds.length;
  return {
    foundAt: before === null || isNew ? at : before.foundAt,
    errors: found.errors > 0 ? found.errors : (before?.errors ?? 0),
    packIds: all.slice(0, limit),
    packs: all.length + unnamed,
    storedAgainAt: isNew ? null : (before?.storedAgainAt ?? null),
  };
}

/** What is known after a backup was stored on the copy that was sent out at `sentAt`. */
export function noteStoredAgain(before: CopyDamage | null, sentAt: number, at: number): CopyDamage | null {
  // One that was sent out before knew nothing of it.
  if (before === null || sentAt < before.foundAt) return before;
  return { ...before, storedAgainAt: at };
}

/** What is known after a prune has cleared these packs away. */
export function noteCleared(before: CopyDamage | null, gone: readonly string[]): CopyDamage | null {
  if (before === null) return null;
  const packIds = before.packIds.filter((packId) => !gone.includes(packId));
  return { ...before, packIds, packs: before.packs - (before.packIds.length - packIds.length) };
}

/** Whether a check that read these packs has read this one, for sure. */
function wasRead(packId: string, read: CheckSubset | null | undefined): boolean {
  if (read === null) return true;
  if (read?.kind !== 'group') return false;
  return Number.parseInt(packId.slice(0, 2), 16) % read.of === read.group - 1;
}
