import type { Retention, RetentionPreview } from '@breakwater/contract/retention';
import { judgeKnownSnapshots } from '@breakwater/domain/known-snapshots';
import type { Remark } from '@breakwater/contract/remark';
import type { Center } from '../center.ts';
import { requireRepository } from '../repositories/repository-access.ts';
import { recordedOf } from '../snapshots/recorded-snapshots.ts';
import { getTask } from '../tasks/tasks.ts';
import { pauseOfRepository, pauseOfTask, strangers } from './judge-repository.ts';
import { policyOf } from './policy-of.ts';
import { sayDoubt, sayReasons } from './say-verdict.ts';
import type { UnknownSnapshot } from './unknown-snapshots.ts';

/** What the task's own retention makes of its snapshots now. Throws `not-found`. */
export async function previewOwnRetention(center: Center, taskId: string): Promise<RetentionPreview> {
  const { retention } = await getTask(center, taskId);
  return preview(center, taskId, retention);
}

/** What another retention would make of them. Throws `not-found`. */
export async function previewRetention(
  center: Center,
  taskId: string,
  retention: Retention | null,
): Promise<RetentionPreview> {
  await getTask(center, taskId);
  return preview(center, taskId, retention);
}

async function preview(
  center: Center,
  taskId: string,
  retention: Retention | null,
): Promise<RetentionPreview> {
  const snapshots = await recordedOf(center, { taskId });
  const times = new Map(snapshots.map(({ id, time }) => [id, time]));
  const unknown: UnknownSnapshot[] = [];
  const pauses: (Remark | null)[] = [];
  for (const repositoryId of new Set(snapshots.map((one) => one.repositoryId))) {
    const repository = await requireRepository(center, repositoryId);
    const strange = await strangers(center, repository);
    unknown.push(...strange);
    pauses.push(pauseOfRepository(repository, strange));
  }
  const policy = retention === null ? null : policyOf(retention);
  const verdicts = judgeKnownSnapshots(snapshots, policy, center.now());
  pauses.push(pauseOfTask(verdicts));
  return {
    taskId,
    retention,
    snapshots: verdicts.map((verdict) => {
      const { id, madeOf, recordedAt, files, bytes } = verdict.snapshot;
      return {
        snapshotId: id,
        command: madeOf ?? null,
        time: times.get(id) ?? '',
        recordedAt: new Date(recordedAt).toISOString(),
        files,
        bytes,
        keep: verdict.keep,
        reasons: sayReasons(verdict, policy !== null),
        doubt: verdict.doubt === null ? null : sayDoubt(verdict.doubt),
      };
    }),
    unknown,
    paused: pauses.find((pause) => pause !== null) ?? null,
  };
}
