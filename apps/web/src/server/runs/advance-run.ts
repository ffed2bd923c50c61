import type { FailureMessage } from '@breakwater/contract/failure-codes';
import type { Remark } from '@breakwater/contract/remark';
import { say } from '../remarks/say.ts';
import { moveRunAlone } from './move-run.ts';
import { publishRun } from './publish-run.ts';
import type { RunContext } from './run-context.ts';
import { noteOnRun, type RunRow } from './run-records.ts';
import { settleRun } from './settle-run.ts';

/** The agent has the order. */
export async function acceptRun(context: RunContext, run: RunRow): Promise<void> {
  await noteOnRun(context.db, run, { acceptedAt: new Date(context.now()) });
}

/** A node has a replication in hand. */
export async function startedAtNode(context: RunContext, run: RunRow): Promise<void> {
  const at = new Date(context.now());
  const move = await moveRunAlone(context, run, { type: 'start' }, { startedAt: at, acceptedAt: at });
  if (move.ok) publishRun(context, move.run);
}

/** The order did not get through, or was turned down: the run waits for the next try. False when it has moved on. */
export async function returnRun(context: RunContext, run: RunRow, remark: Remark): Promise<boolean> {
  const move = await moveRunAlone(
    context,
    run,
    { type: 'return', remark },
    {
      dispatchedAt: null,
      acceptedAt: null,
      startedAt: null,
      cancelRequestedAt: null,
    },
  );
  if (move.ok) publishRun(context, move.run);
  return move.ok;
}

/**
 * Ends a run that cannot be done. `remark` says it where more is known than the failure's own words. False when it
 * has moved on.
 */
export async function failRun(
  context: RunContext,
  run: RunRow,
  failure: FailureMessage,
  remark: Remark = say('failure', { code: failure.code, detail: failure.message }),
): Promise<boolean> {
  const move = await moveRunAlone(context, run, { type: 'fail', remark }, { failure });
  if (move.ok) await settleRun(context, move);
  return move.ok;
}

/** Ends a run whose cancel was asked for and that its agent no longer has. False when it has moved on. */
export async function endCancelledRun(context: RunContext, run: RunRow, remark: Remark): Promise<boolean> {
  const move = await moveRunAlone(context, run, { type: 'cancel', remark });
  if (move.ok) await settleRun(context, move);
  return move.ok;
}
