/** A snapshot of the task, with what its run had to read and to store and where it lies. */
export interface PastBackup {
  /** Bytes of all its files; null when the run did not say. */
  bytes: number | null;
  /** Bytes stored on the copy that the run went to. */
  storedBytes: number;
  /** Nodes whose copies hold the snapshot; the first is where the run went. */
  nodeIds: readonly string[];
}

export interface TaskHistory {
  /** Snapshots of this task alone, oldest first. */
  past: readonly PastBackup[];
  /** `past` begins with the task's very first snapshot. */
  fromStart: boolean;
}

export interface CopyState {
  nodeId: string;
  /** Bytes there that belong to no snapshot, left by a broken run; 0 where there is no copy. */
  leftoverBytes: number;
}

const RECENT = 5;
/** Until one increment has been seen: this part of a full backup. */
const FIRST_GUESS = 1 / 20;

/**
 * What each node's copy still lacks of the task's next backup, in bytes, by node id; null everywhere before the
 * task's first backup, when nothing is known and every copy lacks all of it. An increment is what runs stored on
 * copies that had an earlier snapshot of the task; a copy lacks one for each snapshot since its newest, and one for
 * the next, and a copy without a snapshot of the task lacks a full backup.
 */
export function estimateBytesToSend(
  history: TaskHistory,
  copies: readonly CopyState[],
): Map<string, number | null> {
  const { past } = history;
  if (past.length === 0) return new Map(copies.map((copy) => [copy.nodeId, null]));
  const { full, increment } = sizesOf(history);
  return new Map(
    copies.map((copy) => {
      const newest = past.findLastIndex((backup) => backup.nodeIds.includes(copy.nodeId));
      const behind = past.length - 1 - newest;
      // What a broken run left on a copy without a snapshot is used by the next one.
      const lacks = newest === -1 ? Math.max(full - copy.leftoverBytes, increment) : (behind + 1) * increment;
      return [copy.nodeId, Math.round(Math.min(lacks, Math.max(full, increment)))];
    }),
  );
}

function sizesOf({ past, fromStart }: TaskHistory): { full: number; increment: number } {
  const seen = new Set<string>();
  const firsts: number[] = [];
  const increments: number[] = [];
  for (const backup of past) {
    const target = backup.nodeIds[0];
    (target !== undefined && seen.has(target) ? increments : firsts).push(backup.storedBytes);
    for (const nodeId of backup.nodeIds) seen.add(nodeId);
  }
  // The first that we know of a copy is its full backup only when nothing came before it.
  const largestFull = fromStart ? Math.max(...firsts, 0) : 0;
  const read = past.findLast((backup) => backup.bytes !== null)?.bytes ?? null;
  const full =
    largestFull > 0 ? largestFull : (read ?? Math.max(...past.map((backup) => backup.storedBytes)));
  return { full, increment: median(increments.slice(-RECENT)) ?? full * FIRST_GUESS };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
