import { USUAL_COPIES } from '@breakwater/domain/copies-plan';
import type { Center } from '../center.ts';
import { allTasks, type TaskRow, tasksOfRepository } from './task-records.ts';

/**
 * On how many nodes a repository is to be complete: the most that any of its tasks wants. Where they say nothing it is
 * two, as soon as there are two nodes. One without tasks, such as an adopted one, keeps as many as it has: `homes`.
 */
export async function wantedCopies(
  center: Pick<Center, 'db' | 'storageNodes'>,
  repositoryId: string,
  homes: number,
): Promise<number> {
  const [usual, tasks] = await Promise.all([usualCopies(center), tasksOfRepository(center.db, repositoryId)]);
  return mostOf(tasks, usual, homes);
}

/** The same of any repository, when many are asked for. */
export async function wantedCopiesOfAll(
  center: Pick<Center, 'db' | 'storageNodes'>,
): Promise<(repository: { id: string; sourceAddress: string | null; homes: number }) => number> {
  const [usual, tasks] = await Promise.all([usualCopies(center), allTasks(center.db)]);
  return ({ id, sourceAddress, homes }) =>
    mostOf(
      tasks.filter((task) =>
        task.repositoryId === null ? task.sourceAddress === sourceAddress : task.repositoryId === id,
      ),
      usual,
      homes,
    );
}

async function usualCopies(center: Pick<Center, 'storageNodes'>): Promise<number> {
  const usable = (await center.storageNodes.all()).filter(({ draining }) => !draining).length;
  return Math.max(1, Math.min(USUAL_COPIES, usable));
}

function mostOf(tasks: readonly Pick<TaskRow, 'copies'>[], usual: number, homes: number): number {
  return tasks.length === 0
    ? Math.max(1, Math.min(usual, homes))
    : Math.max(...tasks.map(({ copies }) => copies ?? usual));
}
