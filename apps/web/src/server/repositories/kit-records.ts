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

/** The nodes that a kept kit names, and where it says they are; no URLs in one from before these were noted. */
export interface KeptKit {
  kitNodes: readonly string[];
  kitUrls: readonly string[];
}

/**
 * Whether a kept kit still leads to all of it: it names every node that holds some of it, each where it is now.
 * `urls`: of the nodes that are enrolled, by id.
 */
export function leadsToAll(
  { kitNodes, kitUrls }: KeptKit,
  snapshots: readonly KitSnapshot[],
  urls: ReadonlyMap<string, string>,
): boolean {
  // Before there is a snapshot, the kit is about whatever copies there were.
  const needed = snapshots.length === 0 ? kitNodes : snapshots.flatMap(({ nodeIds }) => nodeIds);
  return needed.every((id) => {
    const at = kitNodes.indexOf(id);
    const url = urls.get(id);
    return at >= 0 && (kitUrls.length === 0 || url === undefined || kitUrls[at] === url);
  });
}

export async function confirmKit(
  store: Store,
  id: string,
  { at, copies }: { at: Date; copies: readonly { nodeId: string; url: string }[] },
): Promise<boolean> {
  const { count } = await store.repository.updateMany({
    where: { id },
    data: {
      kitConfirmedAt: at,
      kitNodes: copies.map(({ nodeId }) => nodeId),
      kitUrls: copies.map(({ url }) => url),
    },
  });
  return count > 0;
}

/** Repositories, oldest first, of which no kit that leads to all of it was confirmed to be kept. */
export async function repositoriesWithoutKit(
  store: Store,
): Promise<{ id: string; sourceAddress: string | null; snapshots: number }[]> {
  const [rows, snapshots, nodes] = await Promise.all([
    store.repository.findMany({
      orderBy: { createdAt: 'asc' },
      select: {
        id: true,
        sourceAddress: true,
        kitConfirmedAt: true,
        kitNodes: true,
        kitUrls: true,
        _count: { select: { snapshots: { where: { forgottenAt: null } } } },
      },
    }),
    findKitSnapshots(store, null),
    store.storageNode.findMany({ select: { id: true, url: true } }),
  ]);
  const urls = new Map(nodes.map(({ id, url }) => [id, url]));
  return rows
    .filter((row) => row.kitConfirmedAt === null || !leadsToAll(row, snapshots.get(row.id) ?? [], urls))
    .map(({ id, sourceAddress, _count }) => ({ id, sourceAddress, snapshots: _count.snapshots }));
}
