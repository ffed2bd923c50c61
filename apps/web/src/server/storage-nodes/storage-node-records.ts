import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { StorageNodeModel } from '../db/generated/models/StorageNode.ts';

export type StorageNodeRecord = StorageNodeModel;

export function findStorageNode(db: Database, id: string): Promise<StorageNodeRecord | null> {
  return db.storageNode.findUnique({ where: { id } });
}

/** By name; one more than `limit`, to see whether there is a next page. */
export function findStorageNodes(
  db: Database,
  page: { limit: number; after?: string | undefined },
): Promise<StorageNodeRecord[]> {
  return db.storageNode.findMany({
    where: page.after === undefined ? {} : { name: { gt: page.after } },
    orderBy: { name: 'asc' },
    take: page.limit + 1,
  });
}

export function findAllStorageNodes(db: Database): Promise<StorageNodeRecord[]> {
  return db.storageNode.findMany({ orderBy: { name: 'asc' } });
}

export interface NodeReport {
  /** When we received it. */
  at: Date;
  version: string;
  url: string;
  totalBytes: bigint;
  freeBytes: bigint;
  /** Null when the node does not say. */
  fileSystemId: string | null;
  health: string;
  healthReason: string | null;
  transfersInFlight: number;
  /** Null where the node has no quota. */
  quotaLeftBytes: bigint | null;
  peakReceivedPerSecond: number | null;
}

export async function saveNodeReport(db: Database, id: string, report: NodeReport): Promise<void> {
  const { at, ...rest } = report;
  await db.storageNode.updateMany({ where: { id }, data: { lastHeartbeatAt: at, ...rest } });
}

/** Those with a limit on their bandwidth. */
export async function findLimited(db: Database): Promise<Pick<StorageNodeRecord, 'id' | 'bandwidth'>[]> {
  return db.storageNode.findMany({
    where: { NOT: { bandwidth: { equals: Prisma.DbNull } } },
    select: { id: true, bandwidth: true },
  });
}

/** What its line may carry, as the API takes it; null: all there is. False when there is no such node. */
export async function saveBandwidth(
  db: Database,
  id: string,
  limit: BandwidthLimitGiven | null,
): Promise<boolean> {
  const { count } = await db.storageNode.updateMany({
    where: { id },
    data: { bandwidth: limit ?? Prisma.DbNull },
  });
  return count > 0;
}

/** What the copies on each of these nodes take, by node id. */
export async function copyFigures(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, { copies: number; bytes: number }>> {
  const rows = await db.copy.groupBy({
    by: ['nodeId'],
    where: { nodeId: { in: [...ids] } },
    _count: { _all: true },
    _sum: { bytes: true },
  });
  return new Map(
    rows.map((row) => [row.nodeId, { copies: row._count._all, bytes: Number(row._sum.bytes ?? 0) }]),
  );
}

export async function setDraining(
  db: Pick<Database, 'storageNode'>,
  id: string,
  draining: boolean,
): Promise<boolean> {
  return (await db.storageNode.updateMany({ where: { id }, data: { draining } })).count > 0;
}

/**
 * Deletes a node that holds no copy, in one statement, so that no copy can come in between. The answer says whether
 * it was deleted; otherwise it holds copies or is not there.
 */
export async function deleteEmptyStorageNode(
  db: Pick<Database, 'storageNode'>,
  id: string,
): Promise<boolean> {
  return (await db.storageNode.deleteMany({ where: { id, copies: { none: {} } } })).count > 0;
}
