import type { Center } from '../center.ts';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { copiesOf, copiesOnNode, keepCopy, markCopyWritten, measureCopies } from './repository-records.ts';

/** A run has written to this copy. False when its node is no longer enrolled. */
export async function noteCopyWritten(
  tx: Prisma.TransactionClient,
  copy: { repositoryId: string; nodeId: string; at: Date },
): Promise<boolean> {
  const { repositoryId, nodeId, at } = copy;
  if (!(await keepCopy(tx, { repositoryId, nodeId }))) return false;
  await markCopyWritten(tx, { repositoryId, nodeId }, at);
  return true;
}

/** How large each repository is on a node, as its heartbeat says. */
export async function noteCopySizes(
  db: Database,
  nodeId: string,
  sizes: readonly { repositoryId: string; bytes: number; files: number }[],
): Promise<void> {
  await measureCopies(db, nodeId, sizes);
}

/** Bytes of each copy of a repository that is known, by node id. */
export async function knownCopies(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await copiesOf(center.db, repositoryId);
  return new Map(rows.map((row) => [row.nodeId, Number(row.bytes)]));
}

/** Ids of the repositories that have a copy on this node, as far as is known here. */
export async function repositoriesOnNode(
  center: Pick<Center, 'db'>,
  nodeId: string,
): Promise<ReadonlySet<string>> {
  return new Set((await copiesOnNode(center.db, nodeId)).map(({ repositoryId }) => repositoryId));
}
