import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { type RunRow, requireRun } from '../runs/find-runs.ts';

/** The run, if this agent has it in hand: an agent is given nothing for others' runs, nor for those that ended. */
export async function requireRunInHand(
  center: Pick<Center, 'db'>,
  agentId: string,
  runId: string,
): Promise<RunRow & { repositoryId: string }> {
  const run = await requireRun(center, runId);
  const { repositoryId } = run;
  const active = run.state === 'dispatched' || run.state === 'running';
  if (run.agentId !== agentId || !active || repositoryId === null) {
    throw new Failure('forbidden', `the run ${runId} is not in this agent's hands`);
  }
  return { ...run, repositoryId };
}
