import type { Remark } from '@breakwater/contract/remark';
import { isFinal, type RunEvent, type RunState, transition } from '@breakwater/domain/run-state';
import type { Prisma } from '../db/generated/client.ts';
import { type WrittenEvent, writeEvent } from '../events/write-event.ts';
import { outcomeEvent } from './outcome-event.ts';
import type { RunContext } from './run-context.ts';
import { compareAndSetRun, reasonOf, type RunChange, type RunRow } from './run-records.ts';

/** A step of the transition table, with its reason as a remark. */
export type RunStep =
  | { type: 'dispatch' | 'start' }
  | { type: 'wait' | 'return' | 'cancel' | 'stop' | 'fail'; remark: Remark }
  | { type: 'end'; outcome: Extract<RunEvent, { type: 'end' }>['outcome']; remark: Remark | null };

export type Move =
  /** `event`: what was written down of a run that has ended, to be announced when the transaction has committed. */
  | { ok: true; run: RunRow; event: WrittenEvent | null }
  /** `refused`: the table has no such step. `lost`: someone else moved the run in between. */
  | { ok: false; why: 'refused' | 'lost'; reason: string };

/**
 * The only way a run's state changes: one step of the transition table, written only if the run is still in the
 * state and attempt that `from` was read with. The event of a run that ends is written in the same transaction, so
 * that none ends without. `toldAt`: when the control center got to know, where that is not when it happened.
 */
export async function moveRun(
  tx: Prisma.TransactionClient,
  from: Pick<RunRow, 'id' | 'state' | 'attempt'>,
  step: RunStep,
  at: Date,
  more: RunChange = {},
  toldAt: Date = at,
): Promise<Move> {
  const remark = 'remark' in step ? step.remark : null;
  const next = transition(from.state as RunState, eventOf(step));
  if (!next.ok) return { ok: false, why: 'refused', reason: next.reason };
  const run = await compareAndSetRun(tx, from, {
    ...more,
    state: next.state,
    ...reasonOf(remark),
    ...(next.attemptGrows ? { attempt: from.attempt + 1 } : {}),
    ...(isFinal(next.state) ? { endedAt: at } : {}),
  });
  if (run === null) return { ok: false, why: 'lost', reason: 'the run was changed in between' };
  return {
    ok: true,
    run,
    event: isFinal(next.state) ? await writeEvent(tx, outcomeEvent(run), toldAt) : null,
  };
}

/** `moveRun` in a transaction of its own. */
export async function moveRunAlone(
  context: Pick<RunContext, 'db' | 'now'>,
  from: Pick<RunRow, 'id' | 'state' | 'attempt'>,
  step: RunStep,
  more: RunChange = {},
): Promise<Move> {
  return context.db.$transaction((tx) => moveRun(tx, from, step, new Date(context.now()), more));
}

function eventOf(step: RunStep): RunEvent {
  if (!('remark' in step)) return { type: step.type };
  if (step.type === 'end') {
    return { type: 'end', outcome: step.outcome, reason: step.remark?.text ?? null };
  }
  return { type: step.type, reason: step.remark.text };
}
