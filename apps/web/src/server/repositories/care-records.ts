import type { CarePlan } from '@breakwater/contract/repository-care';
import { noteRead } from '@breakwater/domain/care-plan';
import type { CopyDamage } from '@breakwater/domain/copy-damage';
import type { CheckSubset } from '@breakwater/domain/check-subset';
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import { type Prisma, Prisma as PrismaClient } from '../db/generated/client.ts';
import { damageOf, partsReadOf } from './copy-care.ts';

type Store = Database | Prisma.TransactionClient;

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
  const partsRead = read === undefined ? null : noteRead(partsReadOf(row.partsRead), read, at.getTime());
  const data = { lastCheckedAt: at, ...(partsRead === null ? {} : { partsRead }) };
  await store.copy.updateMany({ where: copy, data });
}

/** What is known to be damaged on a copy, with the check that found something last. */
export type StoredDamage = CopyDamage & { runId: string };

/** Changes what is known to be damaged on a copy, alone among all that would; returns what was and what is. */
export async function changeDamage(
  tx: Prisma.TransactionClient,
  copy: CopyKey,
  change: (before: StoredDamage | null) => StoredDamage | null,
): Promise<{ before: StoredDamage | null; after: StoredDamage | null; nodeName: string } | null> {
  const { repositoryId, nodeId } = copy;
  await tx.$executeRaw`
    SELECT 1 FROM "copy" WHERE "repositoryId" = ${repositoryId} AND "nodeId" = ${nodeId}::uuid FOR UPDATE`;
  const row = await tx.copy.findUnique({
    where: { repositoryId_nodeId: copy },
    select: { damage: true, node: { select: { name: true } } },
  });
  if (row === null) return null;
  const before = damageOf(row.damage);
  const after = change(before);
  if (after !== before) {
    const damage = after === null ? PrismaClient.DbNull : { ...after, packIds: [...after.packIds] };
    await tx.copy.updateMany({ where: copy, data: { damage } });
  }
  return { before, after, nodeName: row.node.name };
}

/** Damaged packs by node, of the copies that have some. */
export async function damagedPacks(
  store: Store,
  repositoryId: string,
): Promise<Map<string, readonly string[]>> {
  const rows = await store.copy.findMany({ where: { repositoryId }, select: { nodeId: true, damage: true } });
  const found = rows.map(({ nodeId, damage }) => [nodeId, damageOf(damage)?.packIds ?? []] as const);
  return new Map(found.filter(([, packIds]) => packIds.length > 0));
}

/** The plan begins something here. */
export async function noteCareBegun(store: Store, copy: CopyKey, at: Date): Promise<void> {
  await store.copy.updateMany({ where: copy, data: { caredForAt: at } });
}

export async function repositoryIds(store: Store): Promise<string[]> {
  const rows = await store.repository.findMany({ select: { id: true }, orderBy: { createdAt: 'asc' } });
  return rows.map(({ id }) => id);
}

/** By task: what forgetting was paused by when it was last looked at. */
const storedPauses = z.record(z.string(), z.string()).nullable();

/** Replaces what forgetting is paused by, alone among all that would, and returns what it was before. */
export async function replacePauses(
  tx: Prisma.TransactionClient,
  id: string,
  pauses: Record<string, string>,
): Promise<Record<string, string>> {
  await tx.$executeRaw`SELECT 1 FROM "repository" WHERE "id" = ${id} FOR UPDATE`;
  const row = await tx.repository.findUnique({ where: { id }, select: { pausedBy: true } });
  const before = storedPauses.parse(row?.pausedBy ?? null) ?? {};
  if (JSON.stringify(before) !== JSON.stringify(pauses)) {
    await tx.repository.updateMany({ where: { id }, data: { pausedBy: pauses } });
  }
  return before;
}

/** Null: of no server, or no such repository. */
export async function sourceAddressOf(store: Store, id: string): Promise<string | null> {
  const row = await store.repository.findUnique({ where: { id }, select: { sourceAddress: true } });
  return row?.sourceAddress ?? null;
}
