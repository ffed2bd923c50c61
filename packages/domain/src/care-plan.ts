import type { CheckSubset } from './check-subset.ts';
import type { CopyDamage } from './copy-damage.ts';

const DAY_MS = 86_400_000;
/** Packs are told apart by the first byte of their ids. */
export const FIRST_BYTES = 256;
/** What failed is not tried again sooner. */
export const CARE_RETRY_MS = 3_600_000;

export interface CarePlan {
  readonly enabled: boolean;
  readonly pruneEveryDays: number;
  readonly checkEveryByteDays: number;
}

/** All times in epoch milliseconds. */
export interface CopyHistory {
  readonly createdAt: number;
  readonly lastPrunedAt: number | null;
  readonly lastCheckedAt: number | null;
  /** By the first byte of pack ids: when packs with this byte were last read whole. Empty: never. */
  readonly readAt: readonly (number | null)[];
  /** When something was last begun here by the plan. */
  readonly caredForAt: number | null;
  /** What is known to be damaged here; null: nothing. */
  readonly damage: Pick<CopyDamage, 'foundAt' | 'packIds' | 'storedAgainAt'> | null;
}

export type DueCare =
  | { due: 'prune' }
  /** Read the packs of one part: `part` from 1 to `of`. */
  | { due: 'check'; part: number; of: number }
  | { due: 'nothing'; reason: 'off' | 'early' | 'failed a while ago' };

/** What the plan wants done to a copy now. A prune comes first: what it removes need not be read. */
export function judgeCare(plan: CarePlan, copy: CopyHistory, now: number): DueCare {
  if (!plan.enabled) return { due: 'nothing', reason: 'off' };
  const prune = now >= nextPruneAt(plan, copy);
  const check = nextCheck(plan, copy);
  if (!prune && now < nextCheckAt(plan, copy)) return { due: 'nothing', reason: 'early' };
  const endedWell = Math.max(copy.lastPrunedAt ?? 0, copy.lastCheckedAt ?? 0);
  const failed = copy.caredForAt !== null && endedWell < copy.caredForAt;
  if (failed && now < (copy.caredForAt ?? 0) + CARE_RETRY_MS) {
    return { due: 'nothing', reason: 'failed a while ago' };
  }
  return prune ? { due: 'prune' } : { due: 'check', part: check.part, of: check.of };
}

/**
 * Sooner than the plan says once a backup has stored again what was damaged: then damaged packs can go. Where that
 * fails, or some have to stay because their data is gone from the source, it is tried again a day later, as the
 * backups of other tasks may bring the rest.
 */
export function nextPruneAt(
  plan: CarePlan,
  copy: Pick<CopyHistory, 'createdAt' | 'lastPrunedAt' | 'caredForAt' | 'damage'>,
): number {
  const planned = (copy.lastPrunedAt ?? copy.createdAt) + plan.pruneEveryDays * DAY_MS;
  const { foundAt, storedAgainAt } = copy.damage ?? { foundAt: 0, storedAgainAt: null };
  const prunedAt = copy.lastPrunedAt ?? 0;
  if (storedAgainAt === null || prunedAt >= storedAgainAt) return planned;
  const triedAt = Math.max(prunedAt, copy.caredForAt ?? 0);
  const isFirst = triedAt < storedAgainAt && prunedAt < foundAt;
  return Math.min(planned, isFirst ? storedAgainAt : Math.max(storedAgainAt, triedAt + DAY_MS));
}

/** When the next part is read: sooner than the plan says to see that what was damaged is mended. */
export function nextCheckAt(plan: CarePlan, copy: CopyHistory): number {
  return Math.min(nextCheck(plan, copy).at, verifyAt(copy) ?? Number.POSITIVE_INFINITY);
}

/** When the copy is to be looked at again after a prune has cleared damage away; null when there is nothing to see. */
function verifyAt({ damage, lastPrunedAt, lastCheckedAt }: CopyHistory): number | null {
  if (damage === null || damage.packIds.length > 0 || lastPrunedAt === null) return null;
  const mended = damage.storedAgainAt !== null && lastPrunedAt >= damage.storedAgainAt;
  return mended && (lastCheckedAt ?? 0) < lastPrunedAt ? lastPrunedAt : null;
}

/**
 * The part that has waited longest, and when it is due. A period has one slot more than there are parts, so that a
 * part is read again before its period is over even if a slot is lost; whatever was missed is due at once.
 */
export function nextCheck(
  plan: CarePlan,
  copy: Pick<CopyHistory, 'createdAt' | 'readAt'>,
): { at: number; part: number; of: number } {
  const of = partsOf(plan);
  const slotMs = (plan.checkEveryByteDays * DAY_MS) / (of + 1);
  let first = { at: Number.POSITIVE_INFINITY, part: 1, of };
  for (let part = 1; part <= of; part += 1) {
    const read = partReadAt(copy.readAt, part, of);
    // The first time round the parts come one a slot.
    const at = read === null ? copy.createdAt + part * slotMs : read + of * slotMs;
    if (at < first.at) first = { at, part, of };
  }
  return first;
}

/** A part a day, as far as first bytes can be divided. */
export function partsOf(plan: Pick<CarePlan, 'checkEveryByteDays'>): number {
  return Math.min(FIRST_BYTES, Math.max(1, plan.checkEveryByteDays));
}

/** When the last of the part's packs was read; null when one never was. */
function partReadAt(readAt: readonly (number | null)[], part: number, of: number): number | null {
  let oldest = Number.POSITIVE_INFINITY;
  for (let byte = part - 1; byte < FIRST_BYTES; byte += of) {
    const at = readAt[byte] ?? null;
    if (at === null) return null;
    oldest = Math.min(oldest, at);
  }
  return oldest;
}

/** What was read, after a check of all packs (`subset` null) or of some. A random choice covers no byte for sure. */
export function noteRead(
  readAt: readonly (number | null)[],
  subset: CheckSubset | null,
  at: number,
): (number | null)[] {
  return Array.from({ length: FIRST_BYTES }, (_, byte) => {
    const read = subset === null || (subset.kind === 'group' && byte % subset.of === subset.group - 1);
    return read ? at : (readAt[byte] ?? null);
  });
}

/** Since when every pack has been read whole at least once; null: not every one was, ever. */
export function allReadSince(readAt: readonly (number | null)[]): number | null {
  return partReadAt(readAt, 1, 1);
}

/** 0 to 1: the share of packs, by their first bytes, read within the plan's period. */
export function readShare(
  plan: Pick<CarePlan, 'checkEveryByteDays'>,
  readAt: readonly (number | null)[],
  now: number,
): number {
  const since = now - plan.checkEveryByteDays * DAY_MS;
  return readAt.filter((at) => at !== null && at >= since).length / FIRST_BYTES;
}
