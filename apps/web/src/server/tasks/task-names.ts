import type { Center } from '../center.ts';
import { namesOfTasks } from './task-records.ts';

/** Names by id, of deleted tasks too: their snapshots stay. */
export async function taskNames(
  center: Pick<Center, 'db'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return new Map((await namesOfTasks(center.db, [...new Set(ids)])).map(({ id, name }) => [id, name]));
}
