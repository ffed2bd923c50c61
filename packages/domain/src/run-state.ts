/** The one transition table of runs. Persisted by compare-and-set on (state, attempt). */
export type RunState =
  | 'queued'
  | 'waiting'
  | 'dispatched'
  | 'running'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'stopped';

export type RunEvent =
  | { type: 'wait'; reason: string }
  | { type: 'dispatch' }
  /** The agent turned the order down or never took it: try again later. */
  | { type: 'return'; reason: string }
  | { type: 'start' }
  | { type: 'end'; outcome: 'succeeded' | 'partial' | 'failed' | 'cancelled'; reason: string | null }
  | { type: 'cancel'; reason: string }
  | { type: 'stop'; reason: string }
  | { type: 'fail'; reason: string };

export type Transition =
  | { ok: true; state: RunState; reason: string | null; attemptGrows: boolean }
  | { ok: false; reason: string };

const table: Record<RunState, Partial<Record<RunEvent['type'], RunState>>> = {
  queued: { wait: 'waiting', dispatch: 'dispatched', cancel: 'cancelled', stop: 'stopped', fail: 'failed' },
  waiting: { wait: 'waiting', dispatch: 'dispatched', cancel: 'cancelled', stop: 'stopped', fail: 'failed' },
  // `end` straight from dispatched: the agent's `started` may be lost behind a restart, its outcome is not.
  dispatched: { return: 'waiting', start: 'running', end: 'succeeded', cancel: 'cancelled', fail: 'failed' },
  running: { return: 'waiting', end: 'succeeded', cancel: 'cancelled', fail: 'failed' },
  succeeded: {},
  partial: {},
  failed: {},
  cancelled: {},
  stopped: {},
};

const finalStates: ReadonlySet<RunState> = new Set([
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'stopped',
] satisfies RunState[]);

export function isFinal(state: RunState): boolean {
  return finalStates.has(state);
}

/** What `event` makes of a run in `state`: the next state with its reason, or why that cannot be. */
export function transition(state: RunState, event: RunEvent): Transition {
  const next = table[state][event.type];
  if (next === undefined) return { ok: false, reason: `a run that is ${state} takes no "${event.type}"` };
  return {
    ok: true,
    state: event.type === 'end' ? event.outcome : next,
    reason: 'reason' in event ? event.reason : null,
    attemptGrows: event.type === 'dispatch',
  };
}
