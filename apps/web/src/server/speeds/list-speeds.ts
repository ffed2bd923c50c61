import type { Speed } from '@breakwater/contract/resources';
import type { Center } from '../center.ts';
import { findSpeeds, recentSamples } from './speed-records.ts';

/** One item for each pair of source agent and node, also those never measured. */
export async function listSpeeds(center: Pick<Center, 'db' | 'agents' | 'storageNodes'>): Promise<Speed[]> {
  const [rows, agents, nodes] = await Promise.all([
    findSpeeds(center.db),
    center.agents.all(),
    center.storageNodes.all(),
  ]);
  const measured = new Map(rows.map((row) => [`${row.agentId}/${row.nodeId}`, row]));
  return agents
    .filter((agent) => agent.role === 'source')
    .flatMap((agent) =>
      nodes.map((node): Speed => {
        const row = measured.get(`${agent.id}/${node.id}`);
        return {
          agentId: agent.id,
          agentAddress: agent.address,
          nodeId: node.id,
          nodeName: node.name,
          bytesPerSecond: row?.bytesPerSecond ?? null,
          samples: row?.samples ?? 0,
          lastSampleAt: row?.lastSampleAt.toISOString() ?? null,
          recent: row === undefined ? [] : recentSamples.parse(row.recent),
        };
      }),
    );
}
