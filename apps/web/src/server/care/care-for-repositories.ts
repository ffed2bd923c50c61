import { DEFAULT_MAX_UNUSED } from '@breakwater/contract/prune-limits';
import { CARE_RETRY_MS, judgeCare } from '@breakwater/domain/care-plan';
import { homeToPrune } from '@breakwater/domain/copies-plan';
import type { Remark } from '@breakwater/contract/remark';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { homesOfRepository } from '../replication/homes-of-repository.ts';
import { carePlanOf, historyOf } from '../repositories/copy-care.ts';
import { everyRepositoryId, noteCareBegun, notePauses } from '../repositories/care-plans.ts';
import { type RepositoryRow, requireRepository } from '../repositories/repository-access.ts';
import { isVersion2 } from '../repositories/require-version-2.ts';
import { removeLocksOfEndedRuns } from '../repositories/repository-locks.ts';
import { judgeRepository } from '../retention/judge-repository.ts';
import { forgottenButHeld } from '../snapshots/recorded-snapshots.ts';
import { failedSince, unfinishedRunsOf } from '../runs/find-runs.ts';
import { startCheck, startForget, startPrune } from './start-care-run.ts';

/** Starts what every repository's care plan wants done now; what fails in one does not keep it from the others. */
export async function careForRepositories(center: Center): Promise<void> {
  for (const id of await everyRepositoryId(center)) {
    try {
      await careForRepository(center, id);
    } catch (error) {
      center.logger.error({ err: error, repositoryId: id }, 'a repository could not be cared for');
    }
  }
}

/**
 * Removes what ended runs have left locked, and starts what this repository's plan wants done now: forgets what retention does not keep, and prunes or checks the
 * copies that are due and can be reached, one thing at a time for each. Safe to call any number of times.
 */
export async function careForRepository(center: Center, id: string): Promise<void> {
  const row = await requireRepository(center, id);
  await removeLocksOfEndedRuns(center, id);
  if (!row.careEnabled) return;
  const { forget, paused } = await judgeRepository(center, id, 'plan');
  await tellPauses(center, row, paused);
  const unfinished = await unfinishedRunsOf(center, id);
  const left = await forgottenButHeld(center, id);
  const forgets = forget.length + left.length > 0 && !unfinished.some(({ kind }) => kind === 'forget');
  if (forgets && !(await failedSince(center, id, 'forget', center.now() - CARE_RETRY_MS))) {
    await startForget(center, id, 'schedule');
  }
  const now = center.now();
  // Format version 1 is read only.
  const plan = carePlanOf(row);
  if (!(await isVersion2(center, id))) plan.pruneEveryDays = Number.POSITIVE_INFINITY;
  const busy = new Set(
    unfinished.flatMap(({ ask }) => (ask.kind === 'check' || ask.kind === 'prune' ? [ask.nodeId] : [])),
  );
  const pruned = homeToPrune(await homesOfRepository(center, id));
  for (const copy of row.copies) {
    const { nodeId, node } = copy;
    if (busy.has(nodeId) || !isOnline(node.lastHeartbeatAt, center)) continue;
    // Of the copies that are kept complete one is pruned, and the others are made the same.
    const follows = copy.home && pruned !== null && pruned !== nodeId;
    const own = follows ? { ...plan, pruneEveryDays: Number.POSITIVE_INFINITY } : plan;
    const due = judgeCare(own, historyOf(copy), now);
    if (due.due === 'nothing') continue;
    await noteCareBegun(center, { repositoryId: id, nodeId }, new Date(now));
    if (due.due === 'prune') {
      await startPrune(center, id, { nodeId, maxUnused: DEFAULT_MAX_UNUSED }, 'schedule');
    } else {
      const readDataSubset = `${due.part}/${due.of}`;
      await startCheck(center, id, { nodeId, readData: false, readDataSubset }, 'schedule');
    }
  }
}

/** Each pause is told once, when it begins or its reason changes. */
async function tellPauses(
  center: Center,
  row: RepositoryRow,
  paused: readonly { taskId: string; task: string; remark: Remark }[],
): Promise<void> {
  const texts = Object.fromEntries(paused.map(({ taskId, remark }) => [taskId, remark.text]));
  await center.events.withChange(async (tx, tell) => {
    const before = await notePauses(tx, row.id, texts);
    for (const { taskId, task, remark } of paused) {
      if (before[taskId] === remark.text) continue;
      await tell({
        level: 'warn',
        kind: 'forgetting-paused',
        remark: say('forgetting-paused', { task, reason: remark }),
        subject: { type: 'task', id: taskId },
        notify: true,
      });
    }
  });
}
