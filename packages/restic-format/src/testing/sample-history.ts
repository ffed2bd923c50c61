import { randomBytes } from 'node:crypto';
import { localGoTimeFromMs } from '../go-time.ts';
import type { PackStore } from '../pack-store.ts';
import type { Repository } from '../repository.ts';
import { RepositoryWriter } from '../repository-writer.ts';
import type { Snapshot } from '../snapshot.ts';
import { emptyNode, encodeTree, type TreeNode } from '../tree.ts';

/** A number generator that gives the same numbers for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TIME = localGoTimeFromMs(1_700_000_000_000);

function sampleNode(name: string, type: 'file' | 'dir'): TreeNode {
  return { ...emptyNode(name, type, { mtime: TIME, atime: TIME, ctime: TIME }), mode: 0o644, links: 1 };
}

/** A snapshot of this tree. */
export function snapshotOf(tree: string, timeMs: number): Snapshot {
  return {
    time: localGoTimeFromMs(timeMs),
    parent: null,
    tree,
    paths: ['/data'],
    hostname: 'host',
    username: 'user',
    uid: 0,
    gid: 0,
    excludes: [],
    tags: [],
    original: null,
    programVersion: '',
    summary: null,
  };
}

export interface SampleHistory {
  /** Ids of the snapshots, oldest first. */
  snapshotIds: string[];
}

/**
 * Snapshots of a folder with three subfolders of six files each, of which some change between snapshots; each
 * snapshot is written by a writer of its own into small packs, trees and data apart.
 */
export async function writeSampleHistory(
  repository: Repository,
  options: { snapshots: number; seed?: number; packSize?: number },
): Promise<SampleHistory> {
  const random = seeded(options.seed ?? 1);
  const files = Array.from({ length: 18 }, () => bytesFrom(random));
  const snapshotIds: string[] = [];
  for (let at = 0; at < options.snapshots; at += 1) {
    const writer = new RepositoryWriter(repository, { packSize: options.packSize ?? 3000, sealPool: null });
    const folders: TreeNode[] = [];
    for (let folder = 0; folder < 3; folder += 1) {
      const nodes: TreeNode[] = [];
      for (let file = 0; file < 6; file += 1) {
        const plain = files[folder * 6 + file] ?? Buffer.of();
        const halves = [plain.subarray(0, plain.length >> 1), plain.subarray(plain.length >> 1)];
        const content: string[] = [];
        for (const half of halves) content.push((await writer.addBlob('data', half)).id);
        nodes.push({ ...sampleNode(`file${file}`, 'file'), size: plain.length, content });
      }
      const { id } = await writer.addBlob('tree', encodeTree({ nodes }));
      folders.push({ ...sampleNode(`folder${folder}`, 'dir'), subtree: id });
    }
    const root = await writer.addBlob('tree', encodeTree({ nodes: folders }));
    await writer.flush();
    snapshotIds.push(await repository.saveSnapshot(snapshotOf(root.id, 1_700_000_000_000 + at * 3_600_000)));
    for (let change = 0; change < 5; change += 1) files[random(files.length)] = bytesFrom(random);
  }
  return { snapshotIds };
}

function bytesFrom(random: (below: number) => number): Buffer {
  return randomBytes(200 + random(1200));
}

/** A store whose writes and removals are counted, and fail from the given one on, before or after they happen. */
export function failingStore<Store extends PackStore>(
  store: Store,
  failFrom: number,
  moment: 'before' | 'after',
  failure: Error,
): { store: PackStore; changes: () => number } {
  let changes = 0;
  async function change<T>(work: () => Promise<T>): Promise<T> {
    changes += 1;
    const fails = changes >= failFrom;
    // The process is gone after the first one that fails: nothing happens any more.
    if (fails && (moment === 'before' || changes > failFrom)) throw failure;
    const result = await work();
    if (fails) throw failure;
    return result;
  }
  const failing: PackStore = {
    location: store.location,
    list: (kind, signal) => store.list(kind, signal),
    stat: (kind, name, signal) => store.stat(kind, name, signal),
    read: (kind, name, range, signal) => store.read(kind, name, range, signal),
    write: (kind, name, parts, signal) => change(() => store.write(kind, name, parts, signal)),
    remove: (kind, name, signal) => change(() => store.remove(kind, name, signal)),
  };
  return { store: failing, changes: () => changes };
}
