import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { idleRuns } from '../runs/find-runs.ts';
import { serverOf } from '../runs/settle-run.ts';
import { wakeRun } from '../runs/start-run.ts';

/** A dispatch just under way is left alone. */
const IDLE_MS = 5000;

/**
 * Has every run looked at that nobody has dispatched: its job was lost, its server is back, or a maintenance
 * agent has its address, so that it can never start. Runs that wait for a server that is away are left to wait.
 */
export async function wakeIdleRuns(center: Center): Promise<number> {
  const runs = await idleRuns(center, IDLE_MS);
  if (runs.length === 0) return 0;
  const agents = await center.agents.all();
  const decided = agents.filter(
    (agent) => agent.role === 'maintenance' || isOnline(agent.lastHeartbeatAt, center),
  );
  const worthALook = new Set(decided.map((agent) => agent.address));
  let woken = 0;
  for (const run of runs) {
    const server = serverOf(run);
    if (run.state === 'waiting' && server !== null && !worthALook.has(server)) continue;
    await wakeRun(center, run.id);
    woken += 1;
  }
  return woken;
}
