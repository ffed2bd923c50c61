import type { Remark } from '@breakwater/contract/remark';
import { say } from '../remarks/say.ts';

/** What the control center knows of a run that is out with an agent. All times are epoch ms by our clock. */
export interface OutstandingRun {
  dispatchedAt: number;
  accepted: boolean;
  cancelRequested: boolean;
  /** Null when the agent is not connected. */
  connectedSince: number | null;
  lastHeartbeatAt: number | null;
  /** When a heartbeat last listed the run; null when none has. */
  listedAt: number | null;
}

export type LostVerdict =
  | { verdict: 'keep' }
  /** The order never arrived: the run can be given out again. */
  | { verdict: 'return'; remark: Remark }
  | { verdict: 'cancelled'; remark: Remark }
  | { verdict: 'interrupted'; remark: Remark };

/** A connected agent that has not listed a run for this long does not have it. */
export const UNLISTED_MS = 60_000;
/** A run's tokens live 12 h: an agent that was silent for longer can no longer write anything. */
export const SILENT_MS = 13 * 3_600_000;

/** Whether an agent still has the run it was sent; what becomes of the run when it has not. */
export function judgeLostRun(run: OutstandingRun, now: number): LostVerdict {
  if (run.connectedSince === null) {
    const silentMs = now - Math.max(run.lastHeartbeatAt ?? 0, run.dispatchedAt);
    if (silentMs <= SILENT_MS) return { verdict: 'keep' };
    const hours = Math.floor(silentMs / 3_600_000);
    return { verdict: 'interrupted', remark: say('no-word-for-hours', { hours }) };
  }
  // A heartbeat has to have come lately, or its silence about the run says nothing.
  const since = Math.max(run.listedAt ?? 0, run.connectedSince, run.dispatchedAt);
  const heard = run.lastHeartbeatAt !== null && run.lastHeartbeatAt - since > UNLISTED_MS;
  if (!heard || now - since <= UNLISTED_MS) return { verdict: 'keep' };
  if (run.cancelRequested) return { verdict: 'cancelled', remark: say('cancelled-after-loss', {}) };
  if (!run.accepted && run.listedAt === null) {
    return { verdict: 'return', remark: say('order-not-taken', {}) };
  }
  return { verdict: 'interrupted', remark: say('run-lost', {}) };
}
