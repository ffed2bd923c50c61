import { planCopies, planMirrors } from '@breakwater/domain/copies-plan';
import type { Center } from '../center.ts';
import { everyRepositoryId } from '../repositories/care-plans.ts';
import { requireRepository } from '../repositories/repository-access.ts';
import { isVersion2 } from '../repositories/require-version-2.ts';
import { unfinishedRunsOf } from '../runs/find-runs.ts';
import { type StartedRun, startRun } from '../runs/start-run.ts';
import { wantedCopies } from '../tasks/task-copies.ts';
import { copiesOfRepository } from './copies-of-repository.ts';
import { homesOfRepository } from './homes-of-repository.ts';
import { keepHomes } from './replication-records.ts';

/** Keeps every repository's copies; what fails in one does not keep it from the others. */
export async function keepAllCopies(center: Center): Promise<void> {
  for (const id of await everyRepositoryId(center)) {
    try {
      await keepCopies(center, id);
    } catch (error) {
      center.logger.error({ err: error, repositoryId: id }, 'the copies of a repository could not be kept');
    }
  }
}

/**
 * Starts the replications that a repository needs to be complete on as many nodes as its tasks want. Safe to call any
 * number of times: one that waits or goes on is not started again.
 */
export async function keepCopies(center: Center, repositoryId: string): Promise<void> {
  // Format version 1 is read only.
  if (!(await isVersion2(center, repositoryId))) return;
  const facts = await copiesOfRepository(center, repositoryId);
  const homes = facts.rows.filter(({ home }) => home).length;
  const wanted = await wantedCopies(center, repositoryId, homes);
  const plan = planCopies(wanted, facts.copies, facts.nodes);
  // Before the first snapshot nothing has been decided.
  if (plan.homes.length === 0) return;
  await keepHomes(center.db, repositoryId, plan.homes);
  const unfinished = await unfinishedRunsOf(center, repositoryId);
  const now = center.now();
  for (const { nodeId } of plan.fill) {
    const isBusy = unfinished.some(({ ask }) => ask.kind === 'replicate' && ask.nodeId === nodeId);
    const row = facts.rows.find((one) => one.nodeId === nodeId);
    if (isBusy || (row?.replicateAfter?.getTime() ?? 0) > now) continue;
    await startReplication(center, repositoryId, nodeId, 'schedule');
  }
  if (plan.fill.length > 0) return;
  const mirrors = planMirrors(await homesOfRepository(center, repositoryId), now);
  for (const nodeId of mirrors?.targetIds ?? []) {
    const isBusy = unfinished.some(({ ask }) => ask.kind === 'replicate' && ask.nodeId === nodeId);
    const row = facts.rows.find((one) => one.nodeId === nodeId);
    if (isBusy || (row?.replicateAfter?.getTime() ?? 0) > now) continue;
    await startReplication(center, repositoryId, nodeId, 'schedule', mirrors?.sourceId);
  }
}

/**
 * Has a node fetch what its copy of the repository lacks; the copy is made if it is not there. `mirrorOf`: the node
 * whose copy was pruned, which this one is made the same as.
 */
export async function startReplication(
  center: Center,
  repositoryId: string,
  nodeId: string,
  trigger: 'manual' | 'api' | 'schedule',
  mirrorOf?: string,
): Promise<StartedRun> {
  const row = await requireRepository(center, repositoryId);
  return startRun(center, {
    kind: 'replicate',
    taskId: null,
    sourceAddress: row.sourceAddress,
    agentId: null,
    repositoryId,
    trigger,
    ifAgentSilent: 'wait',
    ask: { kind: 'replicate', nodeId, sourceId: mirrorOf ?? null, mirror: mirrorOf !== undefined },
  });
}
