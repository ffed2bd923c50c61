/** What snapshots are divided by before a policy judges each group for itself. */
export interface GroupBy {
  readonly host: boolean;
  readonly paths: boolean;
  readonly tags: boolean;
}

export const DEFAULT_GROUP_BY: GroupBy = { host: true, paths: true, tags: false };

export type ParsedGroupBy = { ok: true; groupBy: GroupBy } | { ok: false; expected: string };

/** `host,paths,tags`, singular or plural, in any order; the empty text means one group of all. */
export function parseGroupBy(text: string): ParsedGroupBy {
  const groupBy = { host: false, paths: false, tags: false };
  for (const word of text.split(',')) {
    if (word === 'host' || word === 'hosts') groupBy.host = true;
    else if (word === 'path' || word === 'paths') groupBy.paths = true;
    else if (word === 'tag' || word === 'tags') groupBy.tags = true;
    else if (word !== '') return { ok: false, expected: `expected host, paths and tags, not "${word}"` };
  }
  return { ok: true, groupBy };
}

export interface GroupableSnapshot {
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

/** What the members have in common; null where snapshots are not divided by it. */
export interface GroupKey {
  readonly hostname: string | null;
  /** By code point. */
  readonly paths: readonly string[] | null;
  readonly tags: readonly string[] | null;
}

export interface SnapshotGroup<Snapshot> {
  key: GroupKey;
  /** In the order given. */
  snapshots: Snapshot[];
}

/** Groups in the order of their keys. Paths and tags are compared as sets written in one order. */
export function groupSnapshots<Snapshot extends GroupableSnapshot>(
  snapshots: readonly Snapshot[],
  groupBy: GroupBy,
): SnapshotGroup<Snapshot>[] {
  const groups = new Map<string, SnapshotGroup<Snapshot>>();
  for (const snapshot of snapshots) {
    const key = {
      hostname: groupBy.host ? snapshot.hostname : null,
      paths: groupBy.paths ? snapshot.paths.toSorted(compareCodePoints) : null,
      tags: groupBy.tags ? snapshot.tags.toSorted(compareCodePoints) : null,
    };
    const name = JSON.stringify([key.hostname, key.paths, key.tags]);
    const group = groups.get(name) ?? { key, snapshots: [] };
    group.snapshots.push(snapshot);
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => compareCodePoints(orderOf(a.key), orderOf(b.key)));
}

/** NUL sorts before all that names hold, so that a shorter list comes before one that goes on. */
function orderOf({ hostname, paths, tags }: GroupKey): string {
  return [hostname ?? '', ...[paths ?? [], tags ?? []].map((list) => list.join('\0'))].join('\0\0');
}

/** The group in words, such as "host a, path [/etc]"; empty for the one group of all. */
export function describeGroup({ hostname, paths, tags }: GroupKey): string {
  const parts: string[] = [];
  if (hostname !== null && hostname !== '') parts.push(`host ${hostname}`);
  if (paths !== null && paths.length > 0) parts.push(`paths ${paths.join(', ')}`);
  if (tags !== null && tags.length > 0) parts.push(`tags ${tags.join(', ')}`);
  return parts.join(', ');
}

/** The order of the bytes in UTF-8, which is not that of JavaScript's UTF-16 units beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const one = left.next();
    const other = right.next();
    if (one.done || other.done) return Number(other.done ?? false) - Number(one.done ?? false);
    const difference = (one.value.codePointAt(0) ?? 0) - (other.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}
