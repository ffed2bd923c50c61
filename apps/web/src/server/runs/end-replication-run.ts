import type { Remark } from '@breakwater/contract/remark';
import type { ReplicationEnd } from '@breakwater/contract/replication';
import type { RunLock } from '@breakwater/contract/run';
import type { Prisma } from '../db/generated/client.ts';
import { moveRun } from './move-run.ts';
import type { RunContext } from './run-context.ts';
import { lockRun, type RunRow } from './run-records.ts';
import { settleRun } from './settle-run.ts';

/** Ends a replication as its node says that it ended, with `note` in the same transaction. False when it had moved on. */
export async function endReplicationRun(
  context: RunContext,
  from: RunRow,
  end: ReplicationEnd,
  { remark, locks }: { remark: Remark | null; locks: RunLock[] },
  note: (tx: Prisma.TransactionClient, at: Date) => Promise<void>,
): Promise<boolean> {
  const at = new Date(context.now());
  const { outcome, failure, progress, stats } = end;
  const move = await context.db.$transaction(async (tx) => {
    const run = await lockRun(tx, from.id);
    if (run === null || run.attempt !== from.attempt) return null;
    const moved = await moveRun(tx, run, { type: 'end', outcome, remark }, at, {
      startedAt: run.startedAt ?? at,
      acceptedAt: run.acceptedAt ?? at,
      progress,
      stats,
      locks,
      leaseUntil: null,
      ...(failure === null ? {} : { failure }),
    });
    if (!moved.ok) return null;
    await note(tx, at);
    return moved;
  });
  if (move === null) return false;
  await settleRun(context, move);
  return true;
}
