import type { SpeedSample } from '@breakwater/contract/agent-messages';
import type { Center } from '../center.ts';
import { addSpeedSample } from './speed-records.ts';

/** Keeps what an agent has measured to a node, and shows it. A node that is no longer enrolled is set aside. */
export async function recordSpeed(
  center: Pick<Center, 'db' | 'live' | 'now'>,
  agentId: string,
  sample: SpeedSample,
): Promise<void> {
  const { nodeId, bytesPerSecond, sma, samples, kind } = sample;
  // The agent's clock may be off, and the newest sample must not look older than the one before.
  const at = new Date(center.now());
  if (!(await addSpeedSample(center.db, { agentId, nodeId }, { at, bytesPerSecond, kind, sma, samples })))
    return;
  center.live.publish('speed', { agentId, nodeId, bytesPerSecond, sma, samples, kind, at: at.toISOString() });
}
