import type { Snapshot } from './snapshot.ts';

/** Whether one snapshot is a copy of the other: all but parent, original and statistics must be the same, as in restic. */
export function isSimilarSnapshot(a: Snapshot, b: Snapshot): boolean {
  return (
    a.time.ns === b.time.ns &&
    a.tree === b.tree &&
    a.hostname === b.hostname &&
    a.username === b.username &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    haveSame(a.paths, b.paths) &&
    haveSame(a.tags, b.tags) &&
    a.excludes.length === b.excludes.length &&
    a.excludes.every((exclude, at) => exclude === b.excludes[at])
  );
}

/** The same strings in whatever order. */
function haveSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && b.every((one) => a.includes(one));
}
