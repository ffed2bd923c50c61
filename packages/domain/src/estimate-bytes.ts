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
 * task's first backup, when nothing is known and every copy lacks all of it. A copy with a snapshot of the task lacks
 * what the runs since have found new, and what the next one will: the median of recent runs. A copy without one lacks
 * a full backup, less what a broken run has left there. Never more than a full backup.
 */
export function estimateBytesToSend(
  history: TaskHistory,
  copies: readonly CopyState[],
): Map<string, number | null> {
  const { past } = history;
  if (past.length === 0) return new Map(copies.map((copy) => [copy.nodeId, null]));
  const { full, increment, found } = sizesOf(history);
  return new Map(
    copies.map((copy) => {
      const newest = past.findLastIndex((backup) => backup.nodeIds.includes(copy.nodeId));
      const missed = found.slice(newest + 1).reduce((sum, bytes) => sum + bytes, 0);
      const lacks = newest === -1 ? Math.max(full - copy.leftoverBytes, increment) : missed + increment;
      return [copy.nodeId, Math.round(Math.min(lacks, Math.max(full, increment)))];
    }),
  );
}

/** `found`: for each past backup, the bytes that were new at its time. */
function sizesOf({ past, fromStart }: TaskHistory): { full: number; increment: number; found: number[] } {
  const newestOn = new Map<string, number>();
  const firsts: number[] = [];
  // Null for the first on its copy, which says nothing of what was new.
  const measured = past.map(({ nodeIds, storedBytes }, at) => {
    const target = nodeIds[0];
    const before = target === undefined ? undefined : newestOn.get(target);
    for (const nodeId of nodeIds) newestOn.set(nodeId, at);
    if (before === undefined) firsts.push(storedBytes);
    // What its copy had missed by then was stored with it.
    return before === undefined ? null : storedBytes / (at - before);
  });
  // The first that we know of a copy is its full backup only when nothing came before it.
  const largestFull = fromStart ? Math.max(...firsts, 0) : 0;
  const read = past.findLast((backup) => backup.bytes !== null)?.bytes ?? null;
  const full =
    largestFull > 0 ? largestFull : (read ?? Math.max(...past.map((backup) => backup.storedBytes)));
  const known = measured.filter((bytes) => bytes !== null);
  const increment = median(known.slice(-RECENT)) ?? full * FIRST_GUESS;
  return { full, increment, found: measured.map((bytes) => bytes ?? increment) };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
