import type { Center } from '../center.ts';
import { wantedCopiesOfAll } from '../tasks/task-copies.ts';
import { copyCounts } from './replication-records.ts';

export interface UnderCopied {
  repositoryId: string;
  sourceAddress: string | null;
  /** Copies that hold everything, on nodes that are not lost. */
  complete: number;
  wanted: number;
}

/** A snapshot that is younger is still being fetched. */
const SETTLING_MS = 15 * 60_000;

/** Repositories that are complete on fewer nodes than their tasks want, and have been for a while. */
export async function underCopied(center: Center): Promise<UnderCopied[]> {
  const now = center.now();
  const [repositories, nodes, wantedOf] = await Promise.all([
    copyCounts(center.db, new Date(now - SETTLING_MS)),
    center.storageNodes.all(),
    wantedCopiesOfAll(center),
  ]);
  const lost = new Set(
    nodes
      .filter(({ lastHeartbeatAt }) => {
        // Nobody can have been heard before this process could be reached.
        const heard = Math.max(lastHeartbeatAt?.getTime() ?? 0, center.links.listeningSince);
        return now - heard > center.config.lostNodeMs;
      })
      .map(({ id }) => id),
  );
  return repositories.flatMap(({ id, sourceAddress, _count, copies }): UnderCopied[] => {
    if (_count.snapshots === 0) return [];
    const complete = copies.filter(
      (copy) => copy._count.snapshots >= _count.snapshots && !lost.has(copy.nodeId),
    ).length;
    const wanted = wantedOf({ id, sourceAddress, homes: copies.filter(({ home }) => home).length });
    return complete < wanted ? [{ repositoryId: id, sourceAddress, complete, wanted }] : [];
  });
}
