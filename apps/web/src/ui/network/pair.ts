import type { Agent, Speed, StorageNode } from '@breakwater/contract/resources';
import type { Run } from '@breakwater/contract/run';
import { WINDOW_STALE_MS } from '@breakwater/domain/speed-window';

/** One agent → node line of the network. */
export interface Pair {
  agentId: string;
  agentAddress: string;
  nodeId: string;
  nodeName: string;
  /** SMA in bytes a second; null when never measured. */
  bytesPerSecond: number | null;
  samples: number;
  lastSampleAt: string | null;
  recent: Speed['recent'];
  /** `fresh`: may be ranked as it stands. `stale`: measured again before a ranking. */
  age: 'fresh' | 'stale' | 'never';
  /** Both ends are there. */
  reachable: boolean;
  /** Runs whose data is on this line right now. */
  flowing: readonly string[];
}

/** Every agent with every node, whether measured or not, in the order of both lists. */
export function pairsOf(
  agents: readonly Pick<Agent, 'id' | 'address' | 'state'>[],
  nodes: readonly Pick<StorageNode, 'id' | 'name' | 'online'>[],
  speeds: readonly Speed[],
  activeRuns: readonly Run[],
  now: number,
): Pair[] {
  const measured = new Map(speeds.map((one) => [pairKey(one.agentId, one.nodeId), one]));
  const flows = flowsOf(activeRuns);
  return agents.flatMap((agent) =>
    nodes.map((node): Pair => {
      const speed = measured.get(pairKey(agent.id, node.id));
      const lastSampleAt = speed?.lastSampleAt ?? null;
      return {
        agentId: agent.id,
        agentAddress: agent.address,
        nodeId: node.id,
        nodeName: node.name,
        bytesPerSecond: speed?.bytesPerSecond ?? null,
        samples: speed?.samples ?? 0,
        lastSampleAt,
        recent: speed?.recent ?? [],
        age: ageOf(speed?.bytesPerSecond ?? null, lastSampleAt, now),
        reachable: agent.state !== 'offline' && node.online,
        flowing: flows.get(flowKey(agent.id, node.name)) ?? [],
      };
    }),
  );
}

function ageOf(bytesPerSecond: number | null, lastSampleAt: string | null, now: number): Pair['age'] {
  if (bytesPerSecond === null || lastSampleAt === null) return 'never';
  return now - Date.parse(lastSampleAt) > WINDOW_STALE_MS ? 'stale' : 'fresh';
}

/** Only a run that sends or fetches at this moment counts; a run that scans or waits moves nothing. */
function flowsOf(runs: readonly Run[]): Map<string, string[]> {
  const flows = new Map<string, string[]>();
  for (const run of runs) {
    const node = run.progress?.nodeName;
    const moving = run.state === 'running' && (run.progress?.sentPerSecond ?? 0) > 0;
    if (!moving || node === null || node === undefined || run.agentId === null) continue;
    const key = flowKey(run.agentId, node);
    flows.set(key, [...(flows.get(key) ?? []), run.id]);
  }
  return flows;
}

export function pairKey(agentId: string, nodeId: string): string {
  return `${agentId} ${nodeId}`;
}

function flowKey(agentId: string, nodeName: string): string {
  return `${agentId} ${nodeName}`;
}

export type PairState = 'flowing' | 'offline' | Pair['age'];

/** The one thing to say of a pair. */
export function pairState(pair: Pair): PairState {
  if (pair.flowing.length > 0) return 'flowing';
  return pair.reachable ? pair.age : 'offline';
}
