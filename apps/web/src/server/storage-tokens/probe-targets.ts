import type { ProbeTargets } from '@breakwater/contract/agent-messages';
import type { Center } from '../center.ts';
import { probeGrant } from './run-grant.ts';
import { signStorageToken } from './storage-token.ts';

/** Every enrolled node, with a probe token of this agent's for each. */
export async function probeTargetsFor(
  center: Pick<Center, 'storageNodes' | 'keys' | 'config' | 'now'>,
  agentId: string,
): Promise<ProbeTargets> {
  const nodes = await center.storageNodes.all();
  const now = center.now();
  const targets = await Promise.all(
    nodes.map(async (node) => {
      const { token } = await signStorageToken(center.keys.signing, probeGrant(agentId, node.id), now);
      return { nodeId: node.id, nodeName: node.name, url: node.url, token };
    }),
  );
  return { intervalMs: center.config.probeIntervalMs, window: center.config.speedWindow, targets };
}
