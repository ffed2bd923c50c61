import type { Center } from '../center.ts';
import { pastSnapshots } from './snapshot-records.ts';

const HISTORY = 50;

/** The last snapshots of a repository, oldest first: what each had to store, and the nodes that hold it. */
export async function snapshotHistory(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<{ storedBytes: number; nodeIds: string[] }[]> {
  const rows = await pastSnapshots(center.db, repositoryId, HISTORY);
  return rows
    .filter((row) => row.storedBytes !== null)
    .map((row) => ({ storedBytes: Number(row.storedBytes), nodeIds: row.copies.map((copy) => copy.nodeId) }));
}
