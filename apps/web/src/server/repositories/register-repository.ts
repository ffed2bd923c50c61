import type { Prisma } from '../db/generated/client.ts';
import {
  insertRepository,
  keepCopy,
  markCopyWritten,
  measureCopies,
  type NewRepository,
  repositoryIdWithConfig,
} from './repository-records.ts';

/** A copy that lies on a node and that no run of ours has made. */
export interface FoundCopy {
  repositoryId: string;
  nodeId: string;
  bytes: number;
  files: number;
  /** When its newest snapshot was made. */
  lastWriteAt: Date | null;
}

/**
 * Registers a repository that somebody else has made. False when its id, or the address it is to belong to, was taken
 * meanwhile.
 */
export async function registerRepository(
  tx: Prisma.TransactionClient,
  repository: NewRepository,
): Promise<boolean> {
  return insertRepository(tx, repository);
}

/** Registers a copy as it was found. False when its node is no longer enrolled. */
export async function registerCopy(tx: Prisma.TransactionClient, found: FoundCopy): Promise<boolean> {
  const { repositoryId, nodeId, bytes, files, lastWriteAt } = found;
  const copy = { repositoryId, nodeId };
  if (!(await keepCopy(tx, copy))) return false;
  await measureCopies(tx, nodeId, [{ repositoryId, bytes, files }]);
  if (lastWriteAt !== null) await markCopyWritten(tx, copy, lastWriteAt);
  return true;
}

/** The id of the repository with this config, of which any other is a copy. */
export async function registeredWithConfig(
  tx: Prisma.TransactionClient,
  configBytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  return repositoryIdWithConfig(tx, configBytes);
}
