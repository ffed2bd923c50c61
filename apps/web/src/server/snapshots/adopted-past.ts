import type { Center } from '../center.ts';
import { knownCopies } from '../repositories/copies.ts';
import { newestAdopted } from './snapshot-records.ts';

/**
 * The newest snapshot that came with an adopted repository and has one of these paths, as if a task's first backup had
 * made it; nothing where there is none.
 */
export async function adoptedPast(
  center: Pick<Center, 'db'>,
  repositoryId: string,
  paths: readonly string[],
): Promise<{ bytes: number | null; storedBytes: number; nodeIds: string[] }[]> {
  const adopted = await newestAdopted(center.db, { repositoryId, paths: [...paths] });
  const nodeIds = adopted?.copies.map(({ nodeId }) => nodeId) ?? [];
  const [first] = nodeIds;
  if (adopted === null || first === undefined) return [];
  const bytes = adopted.bytes === null ? null : Number(adopted.bytes);
  // restic before 0.17 did not say how much it read: the whole copy is as much as a first backup can be.
  const storedBytes = bytes ?? (await knownCopies(center, repositoryId)).get(first) ?? 0;
  return [{ bytes, storedBytes, nodeIds }];
}
