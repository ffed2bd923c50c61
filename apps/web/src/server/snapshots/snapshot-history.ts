import type { Center } from '../center.ts';
import { adoptedPast } from './adopted-past.ts';
import { nodesWithSnapshots, pastSnapshots } from './snapshot-records.ts';

const HISTORY = 50;

export interface SnapshotHistory {
  /**
   * The task's last backups, oldest first: bytes read and bytes that had to be stored, and the nodes that hold all
   * of it, the one first that its run went to.
   */
  past: { bytes: number | null; storedBytes: number; nodeIds: string[] }[];
  /** `past` begins with the task's very first snapshot. */
  fromStart: boolean;
  /** Nodes whose copies hold a snapshot of whatever task of this repository. */
  holding: ReadonlySet<string>;
}

/**
 * What one task has left in a repository: other tasks' snapshots there say nothing about its data. Before its first,
 * what came with an adopted repository and has one of its paths stands for it: the task goes on in that.
 */
export async function snapshotHistory(
  center: Pick<Center, 'db'>,
  of: { taskId: string | null; repositoryId: string; paths?: readonly string[] },
): Promise<SnapshotHistory> {
  const { taskId, repositoryId } = of;
  const rows = taskId === null ? [] : await pastSnapshots(center.db, { taskId, repositoryId }, HISTORY);
  // A run with commands makes several snapshots.
  const runs = Map.groupBy(rows, ({ id, runId }) => runId ?? id);
  const past = [...runs.values()].flatMap((made) => {
    const sizes = made.flatMap(({ storedBytes }) => (storedBytes === null ? [] : Number(storedBytes)));
    if (sizes.length < made.length) return [];
    const held = made.map(({ copies }) => copies.map(({ nodeId }) => nodeId));
    return {
      bytes: made.some(({ bytes }) => bytes === null) ? null : sum(made.map(({ bytes }) => Number(bytes))),
      storedBytes: sum(sizes),
      nodeIds: (held[0] ?? []).filter((nodeId) => held.every((ids) => ids.includes(nodeId))),
    };
  });
  const holding = await nodesWithSnapshots(center.db, repositoryId);
  if (rows.length === 0)
    return { past: await adoptedPast(center, of.repositoryId, of.paths ?? []), fromStart: true, holding };
  return { past, fromStart: rows.length < HISTORY, holding };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
