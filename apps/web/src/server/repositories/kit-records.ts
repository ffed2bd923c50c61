import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;

/** A snapshot that a recovery kit must lead to, and the nodes whose copies hold it. */
export interface KitSnapshot {
  id: string;
  nodeIds: string[];
}

/**
 * By repository, the newest snapshot of each task that some copy holds, newest first; what no task made counts by its
 * host and paths. The tasks of one server share a repository and write to different nodes, so that the newest snapshot
 * of all may lie where the others do not. `repositoryId` null: of every repository.
 */
export async function findKitSnapshots(
  store: Store,
  repositoryId: string | null,
): Promise<ReadonlyMap<string, readonly KitSnapshot[]>> {
  const wanted = repositoryId === null ? Prisma.empty : Prisma.sql`AND s."repositoryId" = ${repositoryId}`;
  const rows = await store.$queryRaw<(KitSnapshot & { repositoryId: string })[]>`
    SELECT newest."id", newest."repositoryId",
           array(SELECT c."nodeId"::text FROM "snapshot_copy" c WHERE c."snapshotId" = newest."id") AS "nodeIds"
    FROM (
      SELECT DISTINCT ON (s."repositoryId", s."taskId", 3, 4) s."repositoryId", s."id",
             CASE WHEN s."taskId" IS NULL THEN s."hostname" END,
             CASE WHEN s."taskId" IS NULL THEN s."paths" END,
             s."recordedAt"
      FROM "snapshot" s
      WHERE s."forgottenAt" IS NULL ${wanted}
        AND EXISTS (SELECT 1 FROM "snapshot_copy" c WHERE c."snapshotId" = s."id")
      ORDER BY s."repositoryId", s."taskId", 3, 4, s."recordedAt" DESC, s."id" DESC
    ) newest
    ORDER BY newest."recordedAt" DESC, newest."id" DESC`;
  return Map.groupBy(rows, (row) => row.repositoryId);
}

/** Whether a kit that named the copies on `kitNodes` still leads to all of it. */
export function leadsToAll(kitNodes: readonly string[], snapshots: readonly KitSnapshot[]): boolean {
  return snapshots.every(({ nodeIds }) => nodeIds.every((id) => kitNodes.includes(id)));
}

export async function confirmKit(
  store: Store,
  id: string,
  confirmed: { at: Date; nodeIds: readonly string[] },
): Promise<boolean> {
  const { count } = await store.repository.updateMany({
    where: { id },
    data: { kitConfirmedAt: confirmed.at, kitNodes: [...confirmed.nodeIds] },
  });
  return count > 0;
}

/** Repositories, oldest first, of which no kit that leads to all of it was confirmed to be kept. */
export async function repositoriesWithoutKit(
  store: Store,
): Promise<{ id: string; sourceAddress: string | null; snapshots: number }[]> {
  const [rows, snapshots] = await Promise.all([
    store.repository.findMany({
      orderBy: { createdAt: 'asc' },
      select: {
        id: true,
        sourceAddress: true,
        kitConfirmedAt: true,
        kitNodes: true,
        _count: { select: { snapshots: { where: { forgottenAt: null } } } },
      },
    }),
    findKitSnapshots(store, null),
  ]);
  return rows
    .filter((row) => row.kitConfirmedAt === null || !leadsToAll(row.kitNodes, snapshots.get(row.id) ?? []))
    .map(({ id, sourceAddress, _count }) => ({ id, sourceAddress, snapshots: _count.snapshots }));
}
