import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFinal, type RunEvent, type RunState, transition } from './run-state.ts';

const states: RunState[] = [
  'queued',
  'waiting',
  'dispatched',
  'running',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'stopped',
];
const finals: RunState[] = ['succeeded', 'partial', 'failed', 'cancelled', 'stopped'];
const outcomes = ['succeeded', 'partial', 'failed', 'cancelled'] as const;

const eventsBy: Record<RunEvent['type'], RunEvent> = {
  wait: { type: 'wait', reason: 'why' },
  dispatch: { type: 'dispatch' },
  return: { type: 'return', reason: 'why' },
  start: { type: 'start' },
  end: { type: 'end', outcome: 'partial', reason: 'two files' },
  cancel: { type: 'cancel', reason: 'why' },
  stop: { type: 'stop', reason: 'why' },
  fail: { type: 'fail', reason: 'why' },
};

/** Every allowed move; whatever is not here must be refused. */
const moves: [RunState, RunEvent['type'], RunState][] = [
  ['queued', 'wait', 'waiting'],
  ['queued', 'dispatch', 'dispatched'],
  ['queued', 'cancel', 'cancelled'],
  ['queued', 'stop', 'stopped'],
  ['queued', 'fail', 'failed'],
  ['waiting', 'wait', 'waiting'],
  ['waiting', 'dispatch', 'dispatched'],
  ['waiting', 'cancel', 'cancelled'],
  ['waiting', 'stop', 'stopped'],
  ['waiting', 'fail', 'failed'],
  ['dispatched', 'return', 'waiting'],
  ['dispatched', 'start', 'running'],
  ['dispatched', 'end', 'partial'],
  ['dispatched', 'cancel', 'cancelled'],
  ['dispatched', 'fail', 'failed'],
  ['running', 'return', 'waiting'],
  ['running', 'end', 'partial'],
  ['running', 'cancel', 'cancelled'],
  ['running', 'fail', 'failed'],
];

describe('transition', () => {
  for (const state of states) {
    for (const event of Object.values(eventsBy)) {
      const move = moves.find(([from, type]) => from === state && type === event.type);
      it(`${state} + ${event.type} → ${move?.[2] ?? 'refused'}`, () => {
        const next = transition(state, event);
        if (move === undefined) {
          expect(next.ok).toBe(false);
          expect(next.reason).toContain(state);
        } else {
          expect(next).toEqual({
            ok: true,
            state: move[2],
            reason: 'reason' in event ? event.reason : null,
            attemptGrows: event.type === 'dispatch',
          });
        }
      });
    }
  }

  it.each(outcomes)('an end with outcome %s makes just that', (outcome) => {
    expect(transition('running', { type: 'end', outcome, reason: null })).toMatchObject({ state: outcome });
  });

  const anyEvent = fc.oneof(
    fc.constantFrom(...Object.values(eventsBy)),
    fc.constantFrom(...outcomes).map((outcome): RunEvent => ({ type: 'end', outcome, reason: null })),
  );

  it('never leaves a final state, whatever happens', () => {
    fc.assert(
      fc.property(fc.constantFrom(...finals), anyEvent, (state, event) => !transition(state, event).ok),
    );
  });

  it('applies an outcome once, however often events are delivered', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let state: RunState = 'queued';
        let endings = 0;
        for (const event of [...events, ...events]) {
          const next = transition(state, event);
          if (!next.ok) continue;
          state = next.state;
          if (isFinal(state)) endings += 1;
        }
        return endings <= 1;
      }),
    );
  });
});

describe('isFinal', () => {
  it.each(states)('%s', (state) => expect(isFinal(state)).toBe(finals.includes(state)));
});
