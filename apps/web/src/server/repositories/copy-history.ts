import type { CheckSubset } from '@breakwater/domain/check-subset';
import type { Prisma } from '../db/generated/client.ts';
import {
  type CheckFindings,
  noteCleared,
  noteFindings,
  noteStoredAgain,
} from '@breakwater/domain/copy-damage';
import { MAX_DAMAGED_PACKS } from '@breakwater/contract/repository-care';
import type { Center } from '../center.ts';
import { changeDamage, damagedPacks, noteChecked, notePruned, type StoredDamage } from './care-records.ts';

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

/** A check has told what it found. Returns the node's name when all that was damaged there is mended. */
export async function noteCopyFindings(
  tx: Prisma.TransactionClient,
  copy: Copy,
  { runId, at, ...found }: CheckFindings & { runId: string; at: Date },
): Promise<string | null> {
  const changed = await changeDamage(tx, copy, (before) => {
    const after = noteFindings(before, found, at.getTime(), MAX_DAMAGED_PACKS);
    return withRun(after, found.errors > 0 ? runId : (before?.runId ?? runId));
  });
  return changed !== null && changed.before !== null && changed.after === null ? changed.nodeName : null;
}

/** A backup has been stored on this copy that was sent out at `sentAt`. */
export async function noteCopyStoredAgain(
  tx: Prisma.TransactionClient,
  copy: Copy,
  { sentAt, at }: { sentAt: Date; at: Date },
): Promise<void> {
  await changeDamage(tx, copy, (before) =>
    withRun(noteStoredAgain(before, sentAt.getTime(), at.getTime()), before?.runId ?? ''),
  );
}

/** A prune has cleared these damaged packs away from this copy. */
export async function noteCopyCleared(
  tx: Prisma.TransactionClient,
  copy: Copy,
  gone: readonly string[],
): Promise<void> {
  await changeDamage(tx, copy, (before) => withRun(noteCleared(before, gone), before?.runId ?? ''));
}

/** The packs of each copy that are known to be damaged, by node. */
export async function damagedPacksOf(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return damagedPacks(center.db, repositoryId);
}

function withRun(damage: Omit<StoredDamage, 'runId'> | null, runId: string): StoredDamage | null {
  return damage === null ? null : { ...damage, runId };
}
