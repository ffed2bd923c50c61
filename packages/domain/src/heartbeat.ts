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

/** Why not now, as the contract's remark of this kind says it. */
export type DispatchObstacle =
  | { kind: 'agent-never-heard'; values: Record<never, never> }
  | { kind: 'agent-silent'; values: { seconds: number } }
  | { kind: 'agent-disconnected'; values: Record<never, never> }
  | { kind: 'agent-busy'; values: Record<never, never> }
  | { kind: 'clock-skew'; values: { minutes: number; way: 'ahead' | 'behind' } };

export type DispatchDecision =
  | { verdict: 'dispatch' }
  | { verdict: 'wait'; code: 'agent-silent' | 'agent-busy'; obstacle: DispatchObstacle }
  | { verdict: 'stop'; code: 'agent-silent' | 'clock-skew'; obstacle: DispatchObstacle };

export const MAX_CLOCK_OFFSET_MS = 5 * 60_000;

export function decideDispatch(
  pulse: AgentPulse,
  run: { kind: string; ifAgentSilent: 'stop' | 'wait' },
  windowMs: number,
  now: number,
): DispatchDecision {
  const silentMs = pulse.lastHeartbeatAt === null ? null : now - pulse.lastHeartbeatAt;
  if (!pulse.connected || silentMs === null || silentMs > windowMs) {
    const obstacle: DispatchObstacle =
      silentMs === null
        ? { kind: 'agent-never-heard', values: {} }
        : silentMs > windowMs
          ? { kind: 'agent-silent', values: { seconds: Math.round(silentMs / 1000) } }
          : { kind: 'agent-disconnected', values: {} };
    return { verdict: run.ifAgentSilent === 'wait' ? 'wait' : 'stop', code: 'agent-silent', obstacle };
  }
  if (pulse.clockOffsetMs !== null && Math.abs(pulse.clockOffsetMs) > MAX_CLOCK_OFFSET_MS) {
    const minutes = Math.round(Math.abs(pulse.clockOffsetMs) / 60_000);
    const way = pulse.clockOffsetMs > 0 ? 'ahead' : 'behind';
    return {
      verdict: 'stop',
      code: 'clock-skew',
      obstacle: { kind: 'clock-skew', values: { minutes, way } },
    };
  }
  if (run.kind === 'backup' && pulse.busyWithBackup) {
    return { verdict: 'wait', code: 'agent-busy', obstacle: { kind: 'agent-busy', values: {} } };
  }
  return { verdict: 'dispatch' };
}
