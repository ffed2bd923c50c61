/** Files of one kind on one copy: names to sizes in bytes. */
export type FileSizes = ReadonlyMap<string, number>;

/**
 * One copy of a repository, as far as it is replicated. A source has to be listed in this order (snapshots, indexes,
 * packs): backups write the other way round, so that what is listed then needs nothing that is not.
 */
export interface CopyListing {
  readonly snapshots: FileSizes;
  readonly indexes: FileSizes;
  readonly packs: FileSizes;
}

export type ReplicatedKind = 'data' | 'index' | 'snapshots';

export interface ReplicatedFile {
  readonly kind: ReplicatedKind;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export type PullPlan =
  /** The target has every snapshot that it is to have. */
  | { pull: 'nothing' }
  /** To be fetched: each group is whole before the next begins. */
  | { pull: 'files'; groups: readonly (readonly ReplicatedFile[])[]; files: number; bytes: number }
  /** Files of one name and different sizes: one of the copies is damaged, and nothing may be built upon it. */
  | { pull: 'refused'; differing: readonly ReplicatedFile[] };

/** In the order of writing: an index only together with its packs, a snapshot only together with its indexes. */
const ORDER = [
  ['data', 'packs'],
  ['index', 'indexes'],
  ['snapshots', 'snapshots'],
] as const satisfies readonly (readonly [ReplicatedKind, keyof CopyListing])[];

/**
 * What a target copy fetches from a source copy so that it has the source's snapshots, but for `forgotten` ones,
 * which are never brought back. Packs and indexes serve snapshots only: a target that has all snapshots needs none
 * of them, and what was pruned there does not come again. Else it takes all the source has, because which packs an
 * index names is not to be seen without the key.
 */
export function planPull(source: CopyListing, target: CopyListing, forgotten: ReadonlySet<string>): PullPlan {
  const lacks = [...source.snapshots.keys()].some((id) => !target.snapshots.has(id) && !forgotten.has(id));
  return lacks ? planUnion(source, target, forgotten) : { pull: 'nothing' };
}

function planUnion(source: CopyListing, target: CopyListing, forgotten: ReadonlySet<string>): PullPlan {
  const differing: ReplicatedFile[] = [];
  const groups = ORDER.map(([kind, files]) => {
    const group: ReplicatedFile[] = [];
    for (const [name, size] of source[files]) {
      const there = target[files].get(name);
      if (there === size || (kind === 'snapshots' && forgotten.has(name))) continue;
      (there === undefined ? group : differing).push({ kind, name, size });
    }
    return group.sort(byName);
  });
  if (differing.length > 0) return { pull: 'refused', differing };
  const all = groups.flat();
  if (all.length === 0) return { pull: 'nothing' };
  return { pull: 'files', groups, files: all.length, bytes: all.reduce((sum, { size }) => sum + size, 0) };
}

export type MirrorPlan =
  | {
      mirror: 'files';
      /** To be fetched first. */
      groups: readonly (readonly ReplicatedFile[])[];
      files: number;
      bytes: number;
      /** To be removed from the target then, each group after the one before it. */
      removals: readonly (readonly ReplicatedFile[])[];
    }
  | { mirror: 'refused'; differing: readonly ReplicatedFile[] }
  /** The target has snapshots that the source lacks and nobody forgot: the source has to fetch them first. */
  | { mirror: 'ahead'; snapshots: readonly string[] };

/**
 * Makes a target the same as a source that was just pruned: what the source had no use for goes from the target, too.
 * Only for a source that is whole and holds all the target holds, and a target that nobody else uses meanwhile.
 */
export function planMirror(
  source: CopyListing,
  target: CopyListing,
  forgotten: ReadonlySet<string>,
): MirrorPlan {
  const ahead = [...target.snapshots.keys()].filter((id) => !source.snapshots.has(id) && !forgotten.has(id));
  if (ahead.length > 0) return { mirror: 'ahead', snapshots: ahead.sort() };
  const union = planUnion(source, target, forgotten);
  if (union.pull === 'refused') return { mirror: 'refused', differing: union.differing };
  const removals = ORDER.toReversed().map(([kind, files]) =>
    [...target[files]]
      .filter(([name]) => !source[files].has(name))
      .map(([name, size]): ReplicatedFile => ({ kind, name, size }))
      .sort(byName),
  );
  const fetched = union.pull === 'files' ? union : { groups: [], files: 0, bytes: 0 };
  return { mirror: 'files', groups: fetched.groups, files: fetched.files, bytes: fetched.bytes, removals };
}

function byName(a: ReplicatedFile, b: ReplicatedFile): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
