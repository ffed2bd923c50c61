/** May a run be dispatched to this agent now? */
export interface AgentPulse {
  /** Epoch ms of the last heartbeat as the control center received it; null when there was none. */
  lastHeartbeatAt: number | null;
  connected: boolean;
  /** Agent's clock minus ours; null when unknown. */
  clockOffsetMs: number | null;
  /** The agent has a backup in hand. */
  busyWithBackup: boolean;
}

export type DispatchDecision =
  | { verdict: 'dispatch' }
  | { verdict: 'wait'; code: 'agent-silent' | 'agent-busy'; reason: string }
  | { verdict: 'stop'; code: 'agent-silent' | 'clock-skew'; reason: string };

export const MAX_CLOCK_OFFSET_MS = 5 * 60_000;

export function decideDispatch(
  pulse: AgentPulse,
  run: { kind: string; ifAgentSilent: 'stop' | 'wait' },
  windowMs: number,
  now: number,
): DispatchDecision {
  const silentMs = pulse.lastHeartbeatAt === null ? null : now - pulse.lastHeartbeatAt;
  if (!pulse.connected || silentMs === null || silentMs > windowMs) {
    const reason =
      silentMs === null
        ? 'no heartbeat yet'
        : silentMs > windowMs
          ? `no heartbeat for ${Math.round(silentMs / 1000)} s`
          : 'the agent has disconnected';
    return { verdict: run.ifAgentSilent === 'wait' ? 'wait' : 'stop', code: 'agent-silent', reason };
  }
  if (pulse.clockOffsetMs !== null && Math.abs(pulse.clockOffsetMs) > MAX_CLOCK_OFFSET_MS) {
    const minutes = Math.round(Math.abs(pulse.clockOffsetMs) / 60_000);
    const way = pulse.clockOffsetMs > 0 ? 'ahead' : 'behind';
    return { verdict: 'stop', code: 'clock-skew', reason: `the agent's clock is ${minutes} min ${way}` };
  }
  if (run.kind === 'backup' && pulse.busyWithBackup) {
    return { verdict: 'wait', code: 'agent-busy', reason: 'another backup runs on this server' };
  }
  return { verdict: 'dispatch' };
}
