import type { Center } from '../center.ts';
import { findSnapshot, nodesWithAny } from './snapshot-records.ts';

/** Ids of the nodes whose copies hold a snapshot; empty when there is no such snapshot. */
export async function nodesHolding(
  center: Pick<Center, 'db'>,
  snapshotId: string,
): Promise<ReadonlySet<string>> {
  const row = await findSnapshot(center.db, snapshotId);
  return new Set(row?.copies.map((copy) => copy.nodeId) ?? []);
}

/** Ids of the nodes whose copies hold any of these snapshots of a repository, forgotten ones too. */
export async function nodesHoldingAny(
  center: Pick<Center, 'db'>,
  repositoryId: string,
  snapshotIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return nodesWithAny(center.db, repositoryId, snapshotIds);
}
