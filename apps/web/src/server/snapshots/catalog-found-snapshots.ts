import type { Prisma } from '../db/generated/client.ts';
import { insertSnapshots, insertSnapshotsOfCopy } from './snapshot-records.ts';

/** A snapshot that was found on a copy, made by nobody that we sent. */
export interface FoundSnapshot {
  id: string;
  /** The server that it is shown with. */
  sourceAddress: string | null;
  hostname: string;
  paths: string[];
  tree: string;
  /** As it stands in the snapshot, and the same as a date. */
  time: string;
  madeAt: Date;
  files: number | null;
  bytes: number | null;
  storedBytes: number | null;
}

/**
 * Puts snapshots that were found on a copy into the catalog. They belong to no task: they count for no retention, and
 * stand among the others at the time when they were made, or now if that is said to lie ahead. Returns how many are new.
 */
export async function catalogFoundSnapshots(
  tx: Prisma.TransactionClient,
  copy: { repositoryId: string; nodeId: string; at: Date },
  found: readonly FoundSnapshot[],
): Promise<number> {
  const { repositoryId, nodeId, at } = copy;
  const added = await insertSnapshots(
    tx,
    found.map(({ madeAt, ...facts }) => ({
      ...facts,
      repositoryId,
      recordedAt: new Date(Math.min(madeAt.getTime(), at.getTime())),
    })),
  );
  const ids = found.map(({ id }) => id);
  await insertSnapshotsOfCopy(tx, { repositoryId, nodeId, recordedAt: at }, ids);
  return added;
}
