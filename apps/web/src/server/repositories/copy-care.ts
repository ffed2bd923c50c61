import type { CarePlan, CopyCare } from '@breakwater/contract/repository-care';
import { type CopyHistory, nextCheck, nextPruneAt, readShare } from '@breakwater/domain/care-plan';
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
}

/** When the packs with each first byte were last read whole, epoch ms. */
const storedParts = z.array(z.number().nullable()).nullable();
export const partsReadOf = (stored: unknown): (number | null)[] => storedParts.parse(stored) ?? [];

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
    nextCheckAt: next(nextCheck(plan, history).at),
  };
}
