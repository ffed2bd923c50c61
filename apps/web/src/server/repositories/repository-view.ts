import { type Repository, repository } from '@breakwater/contract/resources';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { carePlanOf, viewCopyCare } from './copy-care.ts';
import { copyUrl } from './create-copy.ts';
import { type KitSnapshot, leadsToAll } from './kit-records.ts';
import type { RepositoryRow } from './repository-records.ts';

/**
 * A repository with its copies as the API shows it. `newest`: when and where its newest snapshot was recorded;
 * `copiesWanted`: on how many nodes it is to be complete; `needed`: what its recovery kit must lead to, or else its confirmation counts no longer.
 */
export function viewRepository(
  row: RepositoryRow,
  newest: { recordedAt: Date; nodeIds: string[] } | undefined,
  needed: readonly KitSnapshot[],
  copiesWanted: number,
  center: Center,
): Repository {
  const urls = new Map(row.copies.map(({ node }) => [node.id, node.url]));
  const lacks = (copy: (typeof row.copies)[number]) =>
    Math.max(0, row._count.snapshots - copy._count.snapshots);
  return repository.parse({
    id: row.id,
    sourceAddress: row.sourceAddress,
    createdAt: row.createdAt.toISOString(),
    adoptedAt: row.adoptedAt?.toISOString() ?? null,
    formatVersion: row.formatVersion,
    kitConfirmedAt: leadsToAll(row, needed, urls) ? (row.kitConfirmedAt?.toISOString() ?? null) : null,
    copies: row.copies.map((copy) => ({
      nodeId: copy.nodeId,
      nodeName: copy.node.name,
      url: copyUrl(copy.node.url, row.id),
      online: isOnline(copy.node.lastHeartbeatAt, center),
      bytes: Number(copy.bytes),
      snapshots: copy._count.snapshots,
      holdsNewest: newest?.nodeIds.includes(copy.nodeId) ?? false,
      lastWriteAt: copy.lastWriteAt?.toISOString() ?? null,
      care: {
        ...viewCopyCare(carePlanOf(row), copy, center.now()),
        ...(row.formatVersion === 1 && { nextPruneAt: null }),
      },
      replication: {
        home: copy.home,
        lacks: lacks(copy),
        replicatedAt: copy.replicatedAt?.toISOString() ?? null,
        failures: copy.replicationFailures,
        nextTryAt: copy.replicateAfter?.toISOString() ?? null,
      },
    })),
    copiesWanted,
    copiesComplete: row.copies.filter((copy) => lacks(copy) === 0).length,
    snapshotCount: row._count.snapshots,
    lastSnapshotAt: newest?.recordedAt.toISOString() ?? null,
    care: carePlanOf(row),
  });
}
