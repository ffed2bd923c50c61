import type { Prisma } from '../db/generated/client.ts';
import { noteCopyWritten } from '../repositories/copies.ts';
import { insertSnapshot, insertSnapshotCopy } from './snapshot-records.ts';

/** A snapshot that a run has written, and the node whose copy it was written to. */
export interface CatalogedSnapshot {
  id: string;
  repositoryId: string;
  nodeId: string;
  taskId: string | null;
  runId: string;
  sourceAddress: string | null;
  hostname: string;
  paths: string[];
  /** The command whose output it is; null: files and folders. */
  command: string | null;
  tree: string;
  /** As it stands in the snapshot itself. */
  time: string;
  files: number | null;
  bytes: number | null;
  storedBytes: number | null;
  partial: boolean;
  at: Date;
}

/** Puts a snapshot and where it lies into the catalog; doing it again changes nothing. */
export async function catalogSnapshot(
  tx: Prisma.TransactionClient,
  snapshot: CatalogedSnapshot,
): Promise<void> {
  const { nodeId, at, ...facts } = snapshot;
  const copyThere = await noteCopyWritten(tx, { repositoryId: facts.repositoryId, nodeId, at });
  await insertSnapshot(tx, { ...facts, recordedAt: at });
  // A node that was removed meanwhile holds nothing that we could read.
  if (!copyThere) return;
  await insertSnapshotCopy(tx, {
    snapshotId: facts.id,
    repositoryId: facts.repositoryId,
    nodeId,
    recordedAt: at,
  });
}
