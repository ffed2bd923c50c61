import type { CopyListing, ReplicatedFile } from '../replication-plan.ts';
import { planMirror, planPull } from '../replication-plan.ts';

/** A copy of a repository, as somebody with the key sees it. */
export class ModelCopy {
  readonly packs = new Map<string, ReadonlySet<number>>();
  /** Which packs each index names, with the blobs in them. */
  readonly indexes = new Map<string, ReadonlyMap<string, ReadonlySet<number>>>();
  readonly snapshots = new Map<string, ReadonlySet<number>>();
  /** Removed here because they were forgotten. */
  readonly forgottenHere = new Set<string>();
  present = true;

  indexed(): Map<number, string[]> {
    const found = new Map<number, string[]>();
    for (const packs of this.indexes.values()) {
      for (const [pack, blobs] of packs) {
        for (const blob of blobs) {
          const known = found.get(blob) ?? [];
          if (!known.includes(pack)) found.set(blob, [...known, pack]);
        }
      }
    }
    return found;
  }

  /** What stock restic would complain of; null when the copy is whole. */
  complaint(): string | null {
    for (const [index, packs] of this.indexes) {
      for (const pack of packs.keys()) {
        if (!this.packs.has(pack)) return `index ${index} names ${pack}, which is not there`;
      }
    }
    const indexed = this.indexed();
    for (const [snapshot, blobs] of this.snapshots) {
      for (const blob of blobs) if (!indexed.has(blob)) return `${snapshot} needs blob ${blob}`;
    }
    for (const id of this.forgottenHere) if (this.snapshots.has(id)) return `${id} came back`;
    return null;
  }
}

const sizes = (names: Iterable<string>) => new Map([...names].map((name) => [name, 1]));

/** One step of something that others may come between, or that a crash may end. */
export type Steps = Generator<undefined, void, undefined>;

let names = 0;
const fresh = (what: string) => {
  names += 1;
  return `${what}${names}`;
};

/** A backup: packs of what the copy's own index lacks, then an index, then the snapshot, which `made` is told. */
export function* backUp(copy: ModelCopy, blobs: ReadonlySet<number>, made: (id: string) => void): Steps {
  const known = copy.indexed();
  const lacking = [...blobs].filter((blob) => !known.has(blob));
  yield;
  const written = new Map<string, ReadonlySet<number>>();
  for (let at = 0; at < lacking.length; at += 2) {
    const pack = fresh('pack');
    const content = new Set(lacking.slice(at, at + 2));
    copy.packs.set(pack, content);
    written.set(pack, content);
    yield;
  }
  if (written.size > 0) copy.indexes.set(fresh('index'), written);
  yield;
  const id = fresh('snapshot');
  copy.snapshots.set(id, blobs);
  made(id);
}

/** Lists the source in the order that replication has to, and others may write in between. */
function* listing(copy: ModelCopy): Generator<undefined, CopyListing, undefined> {
  const snapshots = sizes(copy.snapshots.keys());
  yield;
  const indexes = sizes(copy.indexes.keys());
  yield;
  const packs = sizes(copy.packs.keys());
  yield;
  return { snapshots, indexes, packs };
}

const listed = (copy: ModelCopy): CopyListing => ({
  snapshots: sizes(copy.snapshots.keys()),
  indexes: sizes(copy.indexes.keys()),
  packs: sizes(copy.packs.keys()),
});

function place(source: ModelCopy, target: ModelCopy, { kind, name }: ReplicatedFile): void {
  const put = <T>(from: Map<string, T>, to: Map<string, T>) => {
    const content = from.get(name);
    if (content === undefined) throw new Error(`${name} vanished from the source`);
    to.set(name, content);
  };
  if (kind === 'data') put(source.packs, target.packs);
  else if (kind === 'index') put(source.indexes, target.indexes);
  else put(source.snapshots, target.snapshots);
}

/** A replication, with shared locks on both copies. `reversed`: each group's files come in another order. */
export function* pull(
  source: ModelCopy,
  target: ModelCopy,
  forgotten: ReadonlySet<string>,
  reversed: boolean,
): Steps {
  const from = yield* listing(source);
  const plan = planPull(from, listed(target), forgotten);
  if (plan.pull === 'refused') throw new Error('names of one content have one size');
  if (plan.pull === 'nothing') return;
  for (const group of plan.groups) {
    for (const file of reversed ? group.toReversed() : group) {
      place(source, target, file);
      yield;
    }
  }
}

/** Brings a copy in line with one that was pruned, alone on the target. */
export function* mirror(source: ModelCopy, target: ModelCopy, forgotten: ReadonlySet<string>): Steps {
  const from = yield* listing(source);
  const plan = planMirror(from, listed(target), forgotten);
  if (plan.mirror !== 'files') return;
  for (const file of plan.groups.flat()) {
    place(source, target, file);
    yield;
  }
  for (const { kind, name } of plan.removals.flat()) {
    if (kind === 'data') target.packs.delete(name);
    else if (kind === 'index') target.indexes.delete(name);
    else {
      target.snapshots.delete(name);
      target.forgottenHere.add(name);
    }
    yield;
  }
}

/** A prune as restic does it, alone on the copy: which packs are written anew and which doubles stay is chance. */
export function* prune(copy: ModelCopy, chance: (among: number) => number): Steps {
  const used = new Set([...copy.snapshots.values()].flatMap((blobs) => [...blobs]));
  const holder = new Map<number, string>();
  for (const [blob, packs] of copy.indexed()) {
    const pack = packs[chance(packs.length)];
    if (used.has(blob) && pack !== undefined) holder.set(blob, pack);
  }
  const contents = new Map([...copy.indexes.values()].flatMap((packs) => [...packs]));
  const kept = new Map<string, ReadonlySet<number>>();
  const moved: number[] = [];
  for (const [pack, blobs] of contents) {
    const needed = [...blobs].filter((blob) => holder.get(blob) === pack);
    if (needed.length === 0) continue;
    if (needed.length === blobs.size || chance(2) === 0) kept.set(pack, blobs);
    else moved.push(...needed);
  }
  const oldIndexes = [...copy.indexes.keys()];
  if (moved.length > 0) {
    const pack = fresh('pack');
    copy.packs.set(pack, new Set(moved));
    kept.set(pack, new Set(moved));
    yield;
  }
  if (kept.size > 0) copy.indexes.set(fresh('index'), kept);
  yield;
  for (const index of oldIndexes) {
    copy.indexes.delete(index);
    yield;
  }
  for (const pack of [...copy.packs.keys()]) {
    if (kept.has(pack)) continue;
    copy.packs.delete(pack);
    yield;
  }
}
