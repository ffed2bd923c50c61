import type { Center } from '../center.ts';
import { tasksOfRepository } from './task-records.ts';

/** The most copies that any task of a repository wants, `usual` where one does not say; null when it has no task. */
export async function copiesWantedBy(
  center: Pick<Center, 'db'>,
  repositoryId: string,
  usual: number,
): Promise<number | null> {
  const rows = await tasksOfRepository(center.db, repositoryId);
  return rows.length === 0 ? null : Math.max(...rows.map(({ copies }) => copies ?? usual));
}
