import type { CarePlan, CopyCare } from '@breakwater/contract/repository-care';
import { type CopyHistory, nextCheck, nextPruneAt, noteRead, readShare } from '@breakwater/domain/care-plan';
import type { CheckSubset } from '@breakwater/domain/check-subset';
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;

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
const partsOf = (stored: unknown): (number | null)[] => storedParts.parse(stored) ?? [];

export function carePlanOf(row: PlanColumns): CarePlan {
  const { careEnabled: enabled, pruneEveryDays, checkEveryByteDays } = row;
  return { enabled, pruneEveryDays, checkEveryByteDays };
}

export function historyOf(copy: CareColumns): CopyHistory {
  return {
    createdAt: copy.createdAt.getTime(),
    lastPrunedAt: copy.lastPrunedAt?.getTime() ?? null,
    lastCheckedAt: copy.lastCheckedAt?.getTime() ?? null,
    readAt: partsOf(copy.partsRead),
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

interface CopyKey {
  repositoryId: string;
  nodeId: string;
}

export async function saveCarePlan(
  store: Store,
  id: string,
  plan: { [K in keyof CarePlan]?: CarePlan[K] | undefined },
): Promise<boolean> {
  const { enabled, pruneEveryDays, checkEveryByteDays } = plan;
  const data = {
    ...(enabled === undefined ? {} : { careEnabled: enabled }),
    ...(pruneEveryDays === undefined ? {} : { pruneEveryDays }),
    ...(checkEveryByteDays === undefined ? {} : { checkEveryByteDays }),
  };
  return (await store.repository.updateMany({ where: { id }, data })).count > 0;
}

export async function notePruned(store: Store, copy: CopyKey, at: Date): Promise<void> {
  await store.copy.updateMany({ where: copy, data: { lastPrunedAt: at } });
}

/** A check has come to a verdict. `read`: what it read whole; null: all of it; undefined: the structure only. */
export async function noteChecked(
  store: Store,
  copy: CopyKey,
  at: Date,
  read: CheckSubset | null | undefined,
): Promise<void> {
  const row = await store.copy.findUnique({
    where: { repositoryId_nodeId: copy },
    select: { partsRead: true },
  });
  if (row === null) return;
  const partsRead = read === undefined ? null : noteRead(partsOf(row.partsRead), read, at.getTime());
  const data = { lastCheckedAt: at, ...(partsRead === null ? {} : { partsRead }) };
  await store.copy.updateMany({ where: copy, data });
}

/** The plan begins something here. */
export async function noteCareBegun(store: Store, copy: CopyKey, at: Date): Promise<void> {
  await store.copy.updateMany({ where: copy, data: { caredForAt: at } });
}
