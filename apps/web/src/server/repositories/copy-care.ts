import type { CarePlan, CopyCare, CopyDamage } from '@breakwater/contract/repository-care';
import { contentId, resourceId } from '@breakwater/contract/ids';
import {
  allReadSince,
  type CopyHistory,
  nextCheckAt,
  nextPruneAt,
  readShare,
} from '@breakwater/domain/care-plan';
import { z } from 'zod';

interface PlanColumns {
  careEnabled: boolean;
  pruneEveryDays: number;
  checkEveryByteDays: number;
}
interface CareColumns {
  createdAt: Date;
  lastPrunedAt: Date | null;
  lastCheckedAt: Date | null;
  partsRead: unknown;
  caredForAt: Date | null;
  damage: unknown;
}

/** When the packs with each first byte were last read whole, epoch ms. */
const storedParts = z.array(z.number().nullable()).nullable();
export const partsReadOf = (stored: unknown): (number | null)[] => storedParts.parse(stored) ?? [];

/** What is known to be damaged, times in epoch ms. */
const storedDamage = z
  .object({
    foundAt: z.number(),
    runId: resourceId,
    errors: z.number(),
    packIds: z.array(contentId),
    packs: z.number(),
    storedAgainAt: z.number().nullable(),
  })
  .nullable();
export const damageOf = (stored: unknown) => storedDamage.parse(stored);

export function carePlanOf(row: PlanColumns): CarePlan {
  const { careEnabled: enabled, pruneEveryDays, checkEveryByteDays } = row;
  return { enabled, pruneEveryDays, checkEveryByteDays };
}

export function historyOf(copy: CareColumns): CopyHistory {
  return {
    createdAt: copy.createdAt.getTime(),
    lastPrunedAt: copy.lastPrunedAt?.getTime() ?? null,
    lastCheckedAt: copy.lastCheckedAt?.getTime() ?? null,
    readAt: partsReadOf(copy.partsRead),
    caredForAt: copy.caredForAt?.getTime() ?? null,
    damage: damageOf(copy.damage),
  };
}

/** How a copy is cared for, as the API shows it. */
export function viewCopyCare(plan: CarePlan, copy: CareColumns, now: number): CopyCare {
  const history = historyOf(copy);
  const next = (at: number) => (plan.enabled ? new Date(at).toISOString() : null);
  return {
    lastPrunedAt: copy.lastPrunedAt?.toISOString() ?? null,
    lastCheckedAt: copy.lastCheckedAt?.toISOString() ?? null,
    readShare: readShare(plan, history.readAt, now),
    nextPruneAt: next(nextPruneAt(plan, history)),
    nextCheckAt: next(nextCheckAt(plan, history)),
    allReadSince: isoOrNull(allReadSince(history.readAt)),
    damage: viewDamage(damageOf(copy.damage)),
  };
}

function viewDamage(damage: ReturnType<typeof damageOf>): CopyDamage | null {
  if (damage === null) return null;
  const { foundAt, storedAgainAt, ...rest } = damage;
  return { ...rest, foundAt: new Date(foundAt).toISOString(), storedAgainAt: isoOrNull(storedAgainAt) };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
