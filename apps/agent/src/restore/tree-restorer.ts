import { closeSync, constants } from 'node:fs';
import { rawBytes, rawFromBytes } from '@breakwater/restic-format/raw-string';
import type { Tree, TreeNode } from '@breakwater/restic-format/tree';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { openAt } from '../posix/libc.ts';
import { TreeReader } from '../read/tree-reader.ts';
import { say } from '../remarks/say.ts';
import { applyMetadata, metadataOf } from './apply-metadata.ts';
import { removeTree } from './entry-in-the-way.ts';
import { FileBatch } from './file-batch.ts';
import { LinkMaker } from './link-maker.ts';
import { ensureFolder } from './make-folder.ts';
import { makeSpecial } from './make-special.ts';
import { isDamage, noteWriteError, type RestoreJob } from './restore-job.ts';
import { judge, type Selection } from './selection.ts';
import type { TargetFolder } from './target-folder.ts';

/** Makes a snapshot's entries in the target; folders get their metadata when nothing below them changes any more. */
export class TreeRestorer {
  readonly #job: RestoreJob;
  readonly #trees: TreeReader;
  readonly #files: FileBatch;
  readonly #links: LinkMaker;
  /** In the order in which they were needed, so that each comes after those above it. */
  readonly #folders: TargetFolder[] = [];
  /** What the snapshot has in each folder, where the rest is to be deleted; null when that is not known. */
  readonly #expected = new Map<TargetFolder, { names: Set<string>; selection: Selection } | null>();

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#trees = new TreeReader(job.repository, job.signal);
    this.#files = new FileBatch(job);
    this.#links = new LinkMaker(job);
  }

  /** `isFresh`: the target is new or empty. */
  async restore(tree: string, selection: Selection, isFresh: boolean): Promise<void> {
    const top: TargetFolder = {
      parent: null,
      name: Buffer.alloc(0),
      path: '/',
      node: null,
      state: isFresh ? 'made' : 'there',
      names: null,
    };
    try {
      await this.#restoreFolder(tree, top, selection, []);
      await this.#files.write();
      this.#links.makeAll();
      await this.#deleteRest();
      for (const folder of this.#folders.reverse()) await this.#finishFolder(folder);
    } catch (error) {
      await this.#files.abandon(this.#job.overwrite === 'refuse' && this.#job.signal.aborted);
      throw error;
    }
  }

  async #restoreFolder(
    treeId: string,
    folder: TargetFolder,
    selection: Selection,
    upcoming: readonly string[],
  ): Promise<void> {
    const { signal, issues, breather } = this.#job;
    let tree: Tree;
    try {
      tree = await this.#trees.load(treeId, upcoming);
    } catch (error) {
      throwIfCancelled(signal);
      if (!isDamage(error) || folder.parent === null) throw error;
      issues.add(folder.path, 'restore', 'damaged', error.message);
      return;
    }
    if (this.#job.delete) this.#expect(tree, folder, selection);
    const subtrees = tree.nodes.flatMap(({ subtree }) => subtree ?? []);
    for (const node of tree.nodes) {
      if (node.subtree !== null) subtrees.shift();
      throwIfCancelled(signal);
      if (breather.due) await breather.pause();
      await this.#restoreNode(node, folder, selection, subtrees);
    }
  }

  async #restoreNode(
    node: TreeNode,
    folder: TargetFolder,
    selection: Selection,
    upcoming: readonly string[],
  ): Promise<void> {
    const path = `${folder.path === '/' ? '' : folder.path}/${node.name}`;
    const { taken, below } = judge(selection, path, node.name);
    if (!taken && below === null) return;
    const name = rawBytes(node.name);
    const flaw = flawOf(name);
    if (flaw !== null) {
      if (taken) this.#job.issues.add(path, 'restore', 'refused', `The snapshot holds a name that ${flaw}`);
      // What such a snapshot lacks is no reason to delete anything.
      this.#expected.set(folder, null);
      return;
    }
    if (node.type === 'dir') {
      const own: TargetFolder = { parent: folder, name, path, node, state: 'unknown', names: null };
      await this.#restoreSubfolder(node, own, taken, below, upcoming);
    } else if (node.type !== 'socket' && taken && this.#ensure(folder)) {
      await this.#restoreEntry(node, folder, name, path);
    }
  }

  async #restoreSubfolder(
    node: TreeNode,
    folder: TargetFolder,
    taken: boolean,
    below: Selection | null,
    upcoming: readonly string[],
  ): Promise<void> {
    if (taken && !this.#ensure(folder)) return;
    if (node.subtree === null) {
      this.#job.issues.add(folder.path, 'restore', 'damaged', say('folder-without-tree', {}));
    } else if (below !== null) {
      await this.#restoreFolder(node.subtree, folder, below, upcoming);
    }
  }

  async #restoreEntry(node: TreeNode, folder: TargetFolder, name: Buffer, path: string): Promise<void> {
    if (this.#links.take(node, folder, name, path)) return;
    if (node.type === 'file') {
      this.#links.offer(node, folder, name, await this.#files.add(folder, name, path, node));
    } else if (makeSpecial(this.#job, node, folder, name, path)) {
      this.#links.offer(node, folder, name, null);
    }
  }

  /** The folder with all above it; those needed for the first time get their metadata at the end. */
  #ensure(folder: TargetFolder): boolean {
    if (folder.state !== 'unknown') return folder.state !== 'refused';
    if (folder.parent !== null && !this.#ensure(folder.parent)) {
      folder.state = 'refused';
      return false;
    }
    if (!ensureFolder(this.#job, folder)) return false;
    this.#folders.push(folder);
    return true;
  }

  #expect(tree: Tree, folder: TargetFolder, selection: Selection): void {
    if (this.#expected.get(folder) === null) return;
    const names = new Set(tree.nodes.map(({ name }) => rawBytes(name).toString('latin1')));
    this.#expected.set(folder, { names, selection });
  }

  async #deleteRest(): Promise<void> {
    for (const [folder, expected] of this.#expected) {
      throwIfCancelled(this.#job.signal);
      if (this.#job.breather.due) await this.#job.breather.pause();
      if (expected !== null && folder.state === 'there') {
        this.#deleteUnexpected(folder, expected.names, expected.selection);
      }
    }
  }

  #deleteUnexpected(folder: TargetFolder, expected: ReadonlySet<string>, selection: Selection): void {
    const { folders, dryRun, counters, onItem } = this.#job;
    const base = folder.path === '/' ? '' : folder.path;
    for (const name of folders.readNames(folder)) {
      if (expected.has(name)) continue;
      const raw = rawFromBytes(Buffer.from(name, 'latin1'));
      if (!judge(selection, `${base}/${raw}`, raw).taken) continue;
      try {
        const removed = (path: string): void => {
          counters.deleted += 1;
          onItem('deleted', `${base}/${rawFromBytes(Buffer.from(path, 'latin1'))}`, 0);
        };
        removeTree(folders.open(folder), Buffer.from(name, 'latin1'), removed, dryRun);
      } catch (error) {
        noteWriteError(this.#job, `${base}/${raw}`, error);
      }
    }
  }

  async #finishFolder(folder: TargetFolder): Promise<void> {
    const { folders, breather, signal, dryRun, counters, onItem, refusals } = this.#job;
    throwIfCancelled(signal);
    if (breather.due) await breather.pause();
    if (folder.node === null) return;
    let own: number | undefined;
    try {
      if (!dryRun) {
        own = openAt(folders.open(folder), Buffer.from('.'), constants.O_RDONLY | constants.O_DIRECTORY);
        applyMetadata(own, metadataOf(folder.node), refusals);
      }
      counters.othersDone += 1;
      onItem('restored', folder.path, 0);
    } catch (error) {
      noteWriteError(this.#job, folder.path, error);
    } finally {
      if (own !== undefined) closeSync(own);
    }
  }
}

const [SLASH, DOT] = [0x2f, 0x2e];

function flawOf(name: Buffer): string | null {
  if (name.length === 0) return 'is empty';
  // By hand: for short names the functions of Buffer take longer to be called.
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === SLASH) return 'contains a slash';
    if (name[at] === 0) return 'contains a NUL byte';
  }
  if (name.length <= 2 && name.every((byte) => byte === DOT)) return `is "${name.toString()}"`;
  return null;
}
