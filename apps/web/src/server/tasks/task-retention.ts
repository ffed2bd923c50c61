import type { Retention } from '@breakwater/contract/retention';
import type { Center } from '../center.ts';
import { retentionOf, tasksById } from './task-records.ts';

export interface TaskRetention {
  name: string;
  retention: Retention;
  /** Epoch ms of its last change. */
  changedAt: number;
}

/** By id, the tasks among these that have a retention. What a deleted task has left is kept. */
export async function taskRetentions(
  center: Pick<Center, 'db'>,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, TaskRetention>> {
  const found = new Map<string, TaskRetention>();
  for (const row of await tasksById(center.db, [...new Set(ids)])) {
    const retention = retentionOf(row);
    if (retention !== null) {
      found.set(row.id, { name: row.name, retention, changedAt: row.retentionChangedAt.getTime() });
    }
  }
  return found;
}
