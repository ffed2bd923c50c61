import type { CheckSubset } from '@breakwater/domain/check-subset';
import type { Prisma } from '../db/generated/client.ts';
import { noteChecked, notePruned } from './care-records.ts';

type Copy = { repositoryId: string; nodeId: string };

/** A prune of this copy has ended well. */
export async function noteCopyPruned(tx: Prisma.TransactionClient, copy: Copy, at: Date): Promise<void> {
  await notePruned(tx, copy, at);
}

/** A check has come to a verdict. `read`: what it read whole; null: all of it; undefined: the structure only. */
export async function noteCopyChecked(
  tx: Prisma.TransactionClient,
  copy: Copy,
  at: Date,
  read: CheckSubset | null | undefined,
): Promise<void> {
  await noteChecked(tx, copy, at, read);
}
