import type { AgentPulse } from '@breakwater/domain/heartbeat';
import type { AgentRecord } from '../agents/agents.ts';
import type { Center } from '../center.ts';

/** What is known of an agent now: from this instance's own ears, else from what another wrote down. */
export async function agentPulse(
  center: Pick<Center, 'links'>,
  agent: AgentRecord,
): Promise<Omit<AgentPulse, 'busyWithBackup'> & { busyWithBackup: false }> {
  const here = center.links.presence(agent.id);
  const written = agent.lastHeartbeatAt?.getTime() ?? null;
  const heard = here?.lastHeartbeatAt ?? null;
  const own = heard !== null && (written === null || heard >= written);
  return {
    lastHeartbeatAt: own ? heard : written,
    connected: await center.links.agentConnected(agent.id),
    clockOffsetMs: own ? (here?.clockOffsetMs ?? null) : agent.clockOffsetMs,
    busyWithBackup: false,
  };
}
