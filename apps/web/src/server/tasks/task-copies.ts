import { USUAL_COPIES } from '@breakwater/domain/copies-plan';
import type { Center } from '../center.ts';
import { tasksOfRepository } from './task-records.ts';

/**
 * On how many nodes a repository is to be complete: the most that any of its tasks wants. Where they say nothing it is
 * two, as soon as there are two nodes.
 */
export async function wantedCopies(
  center: Pick<Center, 'db' | 'storageNodes'>,
  repositoryId: string,
): Promise<number> {
  const [nodes, tasks] = await Promise.all([
    center.storageNodes.all(),
    tasksOfRepository(center.db, repositoryId),
  ]);
  const usable = nodes.filter(({ draining }) => !draining).length;
  const usual = Math.max(1, Math.min(USUAL_COPIES, usable));
  return tasks.length === 0 ? usual : Math.max(...tasks.map(({ copies }) => copies ?? usual));
}
