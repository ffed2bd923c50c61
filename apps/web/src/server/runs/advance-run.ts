import type { FailureMessage } from '@breakwater/contract/failure-codes';
import { publishRun } from './publish-run.ts';
import type { RunContext } from './run-context.ts';
import { moveRun, noteOnRun, type RunRow } from './run-records.ts';
import { settleRun } from './settle-run.ts';

/** The agent has the order. */
export async function acceptRun(context: RunContext, run: RunRow): Promise<void> {
  await noteOnRun(context.db, run, { acceptedAt: new Date(context.now()) });
}

/** The order did not get through, or was turned down: the run waits for the next try. False when it has moved on. */
export async function returnRun(context: RunContext, run: RunRow, reason: string): Promise<boolean> {
  const move = await moveRun(context.db, run, { type: 'return', reason }, new Date(context.now()), {
    dispatchedAt: null,
    acceptedAt: null,
    startedAt: null,
    cancelRequestedAt: null,
  });
  if (move.ok) publishRun(context, move.run);
  return move.ok;
}

/** Ends a run that cannot be done. False when it has moved on. */
export async function failRun(context: RunContext, run: RunRow, failure: FailureMessage): Promise<boolean> {
  const at = new Date(context.now());
  const move = await moveRun(context.db, run, { type: 'fail', reason: failure.message }, at, { failure });
  if (move.ok) await settleRun(context, move.run);
  return move.ok;
}

/** Ends a run whose cancel was asked for and that its agent no longer has. False when it has moved on. */
export async function endCancelledRun(context: RunContext, run: RunRow, reason: string): Promise<boolean> {
  const move = await moveRun(context.db, run, { type: 'cancel', reason }, new Date(context.now()));
  if (move.ok) await settleRun(context, move.run);
  return move.ok;
}
