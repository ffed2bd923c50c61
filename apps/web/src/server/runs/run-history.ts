import type { Remark } from '@breakwater/contract/remark';
import type { Center } from '../center.ts';
import { storedRemark } from '../remarks/say.ts';
import { countMissed, lastOutcomes, lastSuccesses } from './run-history-records.ts';

export interface TaskHistory {
  /** Of a backup that made a snapshot, be it incomplete. */
  lastSnapshotAt: Date | null;
  lastGoodAt: Date | null;
  partial: boolean;
  lastOutcome: { state: string; remark: Remark | null } | null;
  missed: number;
}

/** What became of each task's backups, by task id; tasks that never ran are left out. */
export async function taskHistories(center: Pick<Center, 'db'>): Promise<ReadonlyMap<string, TaskHistory>> {
  const [outcomes, successes, missed] = await Promise.all([
    lastOutcomes(center.db),
    lastSuccesses(center.db),
    countMissed(center.db),
  ]);
  const histories = new Map<string, TaskHistory>();
  for (const { taskId, state, reason, remark } of outcomes) {
    const success = successes.find((one) => one.taskId === taskId);
    histories.set(taskId, {
      lastSnapshotAt: success?.lastSnapshotAt ?? null,
      lastGoodAt: success?.lastGoodAt ?? null,
      partial: success?.partial ?? false,
      lastOutcome: { state, remark: storedRemark(remark, reason) },
      missed: missed.find((one) => one.taskId === taskId)?.missed ?? 0,
    });
  }
  return histories;
}
