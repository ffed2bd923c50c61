import type { Remark } from '@breakwater/contract/remark';
import { judgeKnownSnapshots, type KnownVerdict } from '@breakwater/domain/known-snapshots';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { type RepositoryRow, requireRepository } from '../repositories/repository-access.ts';
import { type RecordedOfTask, recordedOf } from '../snapshots/recorded-snapshots.ts';
import { nameOfSnapshot } from '../snapshots/snapshot-name.ts';
import { hasUnfinishedBackup } from '../runs/find-runs.ts';
import { taskRetentions } from '../tasks/task-retention.ts';
import { policyOf } from './policy-of.ts';
import { sayDoubt } from './say-verdict.ts';
import { type UnknownSnapshot, unknownSnapshots } from './unknown-snapshots.ts';

export interface RepositoryVerdict {
  /** What no task's retention keeps, oldest first; not of a task whose forgetting is paused. */
  forget: RecordedOfTask[];
  /** Why nothing of a task is forgotten now, by task. Only such with a retention. */
  paused: { taskId: string; task: string; remark: Remark }[];
}

/**
 * Judges the snapshots of a repository, each by the retention of the task that made it. Those of tasks without one,
 * of deleted tasks and of nobody are kept. What nobody asks for now, `by: "plan"`, follows backups: a retention that
 * was changed since the task's last one waits for the next, so that a slip of the hand can be mended.
 */
export async function judgeRepository(
  center: Center,
  repositoryId: string,
  by: 'plan' | 'person',
): Promise<RepositoryVerdict> {
  const repository = await requireRepository(center, repositoryId);
  const snapshots = await recordedOf(center, { repositoryId });
  const tasks = await taskRetentions(
    center,
    snapshots.map(({ taskId }) => taskId),
  );
  const verdict: RepositoryVerdict = { forget: [], paused: [] };
  const judged = [...tasks].flatMap(([taskId, { name, retention, changedAt }]) => {
    const own = snapshots.filter((one) => one.taskId === taskId);
    if (by === 'plan' && (own.at(-1)?.recordedAt ?? 0) < changedAt) return [];
    const verdicts = judgeKnownSnapshots(own, policyOf(retention), center.now());
    return { taskId, task: name, own, verdicts };
  });
  const anyToGo = judged.some(({ verdicts }) => verdicts.some(({ keep }) => !keep));
  const whole = anyToGo ? pauseOfRepository(repository, await strangers(center, repository)) : null;
  for (const { taskId, task, own, verdicts } of judged) {
    const remark = whole ?? pauseOfTask(verdicts);
    if (remark !== null) {
      verdict.paused.push({ taskId, task, remark });
      continue;
    }
    const going = new Set(verdicts.filter(({ keep }) => !keep).map(({ snapshot }) => snapshot.id));
    // One that lies nowhere any more cannot be removed from anywhere.
    verdict.forget.push(...own.filter(({ id, nodeIds }) => going.has(id) && nodeIds.length > 0));
  }
  verdict.forget.sort((a, b) => a.recordedAt - b.recordedAt);
  return verdict;
}

/** While a backup goes on, what it has written and not yet reported is nobody's business. */
export async function strangers(center: Center, repository: RepositoryRow): Promise<UnknownSnapshot[]> {
  if (await hasUnfinishedBackup(center, repository.id)) return [];
  return unknownSnapshots(center, repository);
}

export function pauseOfRepository(
  repository: Pick<RepositoryRow, 'careEnabled'>,
  unknown: readonly UnknownSnapshot[],
): Remark | null {
  if (!repository.careEnabled) return say('care-is-off', {});
  if (unknown.length === 0) return null;
  const nodes = [...new Set(unknown.map(({ nodeName }) => nodeName))];
  const count = new Set(unknown.map(({ snapshotId }) => snapshotId)).size;
  return say('paused-by-unknown', { count, nodes });
}

export function pauseOfTask(verdicts: readonly KnownVerdict[]): Remark | null {
  const doubted = verdicts.find(({ doubt }) => doubt !== null);
  if (doubted === undefined || doubted.doubt === null) return null;
  const snapshot = nameOfSnapshot(doubted.snapshot.id);
  return say('paused-by-doubt', { snapshot, reason: sayDoubt(doubted.doubt) });
}
