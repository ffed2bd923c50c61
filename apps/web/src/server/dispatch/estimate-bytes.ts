/** A snapshot of the task, oldest first, with what its run had to store and where it lies. */
export interface PastBackup {
  /** Bytes stored on the copy that the run went to. */
  storedBytes: number;
  /** Nodes whose copies hold the snapshot; the first is where the run went. */
  nodeIds: readonly string[];
}

export interface CopyState {
  nodeId: string;
  /** Bytes that lie there now, whatever they are; 0 where there is no copy. */
  bytes: number;
}

const RECENT = 5;
/** Until one increment has been seen: this part of a full backup. */
const FIRST_GUESS = 1 / 20;

/**
 * What each node's copy still lacks of the next backup, in stored bytes, by node id; null everywhere before the
 * first backup, when nothing is known and every copy lacks all of it. An increment is what runs stored on copies
 * that had an earlier snapshot already; a copy lacks one for each snapshot since its newest, and one for the next.
 */
export function estimateBytesToSend(
  past: readonly PastBackup[],
  copies: readonly CopyState[],
): Map<string, number | null> {
  if (past.length === 0) return new Map(copies.map((copy) => [copy.nodeId, null]));
  const seen = new Set<string>();
  const fulls: number[] = [];
  const increments: number[] = [];
  for (const backup of past) {
    const target = backup.nodeIds[0];
    (target !== undefined && seen.has(target) ? increments : fulls).push(backup.storedBytes);
    for (const nodeId of backup.nodeIds) seen.add(nodeId);
  }
  const full = Math.max(...fulls, 0);
  const increment = median(increments.slice(-RECENT)) ?? full * FIRST_GUESS;
  return new Map(
    copies.map((copy) => {
      const newest = past.findLastIndex((backup) => backup.nodeIds.includes(copy.nodeId));
      const behind = past.length - 1 - newest;
      // What a broken run left on a copy without a snapshot is used by the next one.
      const lacks = newest === -1 ? Math.max(full - copy.bytes, increment) : (behind + 1) * increment;
      return [copy.nodeId, Math.round(Math.min(lacks, Math.max(full, increment)))];
    }),
  );
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
