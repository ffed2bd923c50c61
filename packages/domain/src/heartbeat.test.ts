import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentPulse, decideDispatch, MAX_CLOCK_OFFSET_MS } from './heartbeat.ts';

const NOW = 1_000_000_000;
const WINDOW = 15_000;
const alive: AgentPulse = {
  lastHeartbeatAt: NOW - 1000,
  connected: true,
  clockOffsetMs: 0,
  busyWithBackup: false,
};

describe('decideDispatch', () => {
  it.each<[string, Partial<AgentPulse>, 'backup' | 'restore', 'stop' | 'wait', object]>([
    ['a heartbeat in the window', {}, 'backup', 'stop', { verdict: 'dispatch' }],
    ['one just at its edge', { lastHeartbeatAt: NOW - WINDOW }, 'backup', 'stop', { verdict: 'dispatch' }],
    [
      'an old one',
      { lastHeartbeatAt: NOW - 47_000 },
      'backup',
      'stop',
      { verdict: 'stop', code: 'agent-silent', obstacle: { kind: 'agent-silent', values: { seconds: 47 } } },
    ],
    [
      'an old one, patient task',
      { lastHeartbeatAt: NOW - 47_000 },
      'backup',
      'wait',
      { verdict: 'wait', code: 'agent-silent', obstacle: { kind: 'agent-silent', values: { seconds: 47 } } },
    ],
    [
      'none yet',
      { lastHeartbeatAt: null },
      'backup',
      'stop',
      { verdict: 'stop', code: 'agent-silent', obstacle: { kind: 'agent-never-heard', values: {} } },
    ],
    [
      'a closed connection',
      { connected: false },
      'restore',
      'wait',
      { verdict: 'wait', code: 'agent-silent', obstacle: { kind: 'agent-disconnected', values: {} } },
    ],
    [
      'a clock ahead',
      { clockOffsetMs: MAX_CLOCK_OFFSET_MS + 60_000 },
      'backup',
      'wait',
      {
        verdict: 'stop',
        code: 'clock-skew',
        obstacle: { kind: 'clock-skew', values: { minutes: 6, way: 'ahead' } },
      },
    ],
    [
      'a clock behind',
      { clockOffsetMs: -600_000 },
      'backup',
      'wait',
      {
        verdict: 'stop',
        code: 'clock-skew',
        obstacle: { kind: 'clock-skew', values: { minutes: 10, way: 'behind' } },
      },
    ],
    [
      'a clock just in bounds',
      { clockOffsetMs: MAX_CLOCK_OFFSET_MS },
      'backup',
      'stop',
      { verdict: 'dispatch' },
    ],
    ['an unknown clock', { clockOffsetMs: null }, 'backup', 'stop', { verdict: 'dispatch' }],
    [
      'a backup in hand',
      { busyWithBackup: true },
      'backup',
      'stop',
      { verdict: 'wait', code: 'agent-busy', obstacle: { kind: 'agent-busy', values: {} } },
    ],
    ['a restore beside a backup', { busyWithBackup: true }, 'restore', 'stop', { verdict: 'dispatch' }],
  ])('%s', (_title, pulse, kind, ifAgentSilent, expected) => {
    expect(decideDispatch({ ...alive, ...pulse }, { kind, ifAgentSilent }, WINDOW, NOW)).toEqual(expected);
  });

  it('never dispatches without a heartbeat in the window', () => {
    fc.assert(
      fc.property(
        fc.record({
          lastHeartbeatAt: fc.option(fc.integer({ min: 0, max: NOW - WINDOW - 1 }), { nil: null }),
          connected: fc.boolean(),
          clockOffsetMs: fc.option(fc.integer(), { nil: null }),
          busyWithBackup: fc.boolean(),
        }),
        fc.constantFrom('backup', 'restore', 'check'),
        fc.constantFrom('stop' as const, 'wait' as const),
        (pulse, kind, ifAgentSilent) => {
          const decision = decideDispatch(pulse, { kind, ifAgentSilent }, WINDOW, NOW);
          return decision.verdict === ifAgentSilent && decision.code === 'agent-silent';
        },
      ),
    );
  });
});
