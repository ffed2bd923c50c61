import type { AgentBandwidth, BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import type { Center } from '../center.ts';
import { type RunOnNode, runsOnNodes } from '../runs/runs-on-nodes.ts';
import { taskLimits } from '../tasks/task-bandwidth.ts';

type Limits = ReadonlyMap<string, BandwidthLimitGiven>;

/** Every limit there is, by the id of whom it holds, and the runs that share them. */
export interface BandwidthNow {
  agents: Limits;
  nodes: Limits;
  tasks: Limits;
  /** Empty where nothing is limited. */
  runs: readonly RunOnNode[];
}

/** Four small queries, three where nothing is limited: it is asked every second. */
export async function bandwidthNow(
  center: Pick<Center, 'db' | 'agents' | 'storageNodes'>,
): Promise<BandwidthNow> {
  const [agents, nodes, tasks] = await Promise.all([
    center.agents.limits(),
    center.storageNodes.limits(),
    taskLimits(center),
  ]);
  const anything = agents.size + nodes.size + tasks.size > 0;
  return { agents, nodes, tasks, runs: anything ? await runsOnNodes(center) : [] };
}

/** What one agent is to hold itself to; `next` is a run that is just being sent to it. */
export function bandwidthOf(
  agentId: string,
  { agents, nodes, tasks, runs }: BandwidthNow,
  next: { runId: string; taskId: string | null } | null = null,
): Omit<AgentBandwidth, 'sentAt'> {
  const own: { runId: string; taskId: string | null; nodeId: string | null }[] = runs.filter(
    (run) => run.agentId === agentId,
  );
  if (next !== null && !own.some((run) => run.runId === next.runId)) own.push({ ...next, nodeId: null });
  // An agent at rest probes only, which the node itself holds back; it need not hear of each run of others.
  const shared = own.length === 0 ? [] : [...nodes];
  return {
    server: agents.get(agentId) ?? null,
    nodes: shared.map(([nodeId, limit]) => {
      const others = runs.filter((run) => run.nodeId === nodeId && run.agentId !== agentId).length;
      // Where it may go next, it is to leave the others theirs from its first byte on.
      const mine = Math.max(1, own.filter((run) => run.nodeId === nodeId).length);
      return { nodeId, limit, sharedBy: others + mine };
    }),
    runs: own.flatMap(({ runId, taskId }) => {
      const limit = taskId === null ? undefined : tasks.get(taskId);
      return limit === undefined ? [] : [{ runId, limit }];
    }),
  };
}

/** For the order of a run; null where nothing that it does is limited. */
export async function bandwidthForRun(
  center: Pick<Center, 'db' | 'agents' | 'storageNodes' | 'now'>,
  agentId: string,
  run: { runId: string; taskId: string | null },
): Promise<AgentBandwidth | null> {
  const found = bandwidthOf(agentId, await bandwidthNow(center), run);
  const anything = found.server !== null || found.nodes.length + found.runs.length > 0;
  return anything ? { ...found, sentAt: center.now() } : null;
}
