import type { Center } from '../center.ts';
import { snapshotHistory } from '../snapshots/snapshot-history.ts';

/** Where the task's last backup went; null before its first. */
export async function usualNode(
  center: Pick<Center, 'db'>,
  of: { taskId: string | null; repositoryId: string },
): Promise<string | null> {
  const { past } = await snapshotHistory(center, of);
  return past.at(-1)?.nodeIds[0] ?? null;
}
