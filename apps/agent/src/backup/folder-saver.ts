import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { compareRaw } from '@breakwater/restic-format/raw-string';
import { encodeTree, type TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { nodeFromStat } from '../source/node-from-stat.ts';
import { readFolder } from '../source/read-folder.ts';
import { systemPath } from '../source/system-path.ts';
import type { TargetFolder, TargetNode } from '../source/targets.ts';
import type { BackupJob } from './backup-job.ts';
import { throwIfCancelled } from './cancellation.ts';
import { isUnchanged } from './change-rules.ts';
import { reasonOf } from './file-issues.ts';
import { type Begun, FileSaver } from './file-saver.ts';

/** Folders, too, are finished while the walk goes on: it must not stand still until a folder's last file is read. */
type PendingNode = TreeNode | null | Begun;
/** A folder's entries in the parent snapshot, by name. */
type Previous = ReadonlyMap<string, TreeNode>;

const NOTHING: Previous = new Map();

/** Walks the source depth first and writes the trees of a snapshot, unchanged files from the parent's trees. */
export class FolderSaver {
  readonly #job: BackupJob;
  readonly #files: FileSaver;

  constructor(job: BackupJob) {
    this.#job = job;
    this.#files = new FileSaver(job);
  }

  /** Returns the root tree's id, or null when there is nothing in it. */
  async saveTargets(targets: TargetFolder, parentTree: string | null): Promise<string | null> {
    const pending = await this.#saveTargetEntries(targets, await this.#loadPrevious(parentTree));
    const nodes = await resolved(pending);
    return nodes.length === 0 ? null : await this.#saveTree(nodes);
  }

  /** Waits until no file is being read any more. */
  async settled(): Promise<void> {
    await this.#files.close();
  }

  async #saveTargetEntries(targets: TargetFolder, previous: Previous): Promise<PendingNode[]> {
    const pending: PendingNode[] = [];
    for (const [name, target] of inByteOrder(targets)) {
      pending.push(
        target.kind === 'leaf'
          ? await this.#saveEntry(name, target.path, previous.get(name), target.explicit)
          : await this.#saveTargetFolder(name, target, previous.get(name)),
      );
    }
    return pending;
  }

  /** A folder above the targets: its own metadata, and only the entries that lead to a target. */
  async #saveTargetFolder(
    name: string,
    target: TargetNode & { kind: 'folder' },
    previous: TreeNode | undefined,
  ): Promise<TreeNode | null> {
    const pending = await this.#saveTargetEntries(target.children, await this.#loadPreviousOf(previous));
    const nodes = await resolved(pending);
    const stat = this.#stat(target.infoPath, statSync);
    if (stat === null) return null;
    return await this.#finishFolder(name, target.infoPath, stat, nodes, previous, true);
  }

  async #saveEntry(
    name: string,
    path: string,
    previous: TreeNode | undefined,
    explicit: boolean,
  ): Promise<PendingNode> {
    const { breather, signal, selection } = this.#job;
    throwIfCancelled(signal);
    if (breather.due) await breather.pause();
    if (!explicit && selection.leavesOutName(path)) return this.#leaveOut(path);
    const stat = this.#statEntry(path);
    if (stat === null) return null;
    if (!explicit && selection.leavesOut(path, stat)) return this.#leaveOut(path);
    if (stat.isDirectory()) return await this.#saveFolder(name, path, stat, previous);
    if (stat.isFile()) return await this.#saveFile(name, path, stat, previous);
    // Nothing could ever connect to a restored socket: restic leaves them out, too.
    if (stat.isSocket()) return null;
    return this.#node(name, path, stat);
  }

  async #saveFile(
    name: string,
    path: string,
    stat: BigIntStats,
    previous: TreeNode | undefined,
  ): Promise<PendingNode> {
    const { counters, repository, changes } = this.#job;
    if (previous !== undefined && isUnchanged(stat, previous, changes)) {
      const content = previous.content ?? [];
      if (content.every((id) => repository.index.has('data', id))) {
        const node = this.#node(name, path, stat);
        if (node === null) return null;
        counters.countFile('Unmodified', path, 0);
        counters.bytesDone += node.size;
        return { ...node, content };
      }
    }
    return await this.#files.begin(name, path, previous, stat.size);
  }

  async #saveFolder(
    name: string,
    path: string,
    stat: BigIntStats,
    previous: TreeNode | undefined,
  ): Promise<PendingNode> {
    let names: string[];
    try {
      names = readFolder(path);
      // Reading follows a link that has meanwhile taken the folder's place, so look again what was read.
      const now = lstatSync(systemPath(path), { bigint: true });
      if (now.ino !== stat.ino || now.dev !== stat.dev) {
        this.#job.issues.add(path, 'scan', 'unreadable', 'Something else took its place while it was read');
        return null;
      }
    } catch (error) {
      this.#job.issues.addReadError(path, 'scan', error);
      return null;
    }
    const previousEntries = await this.#loadPreviousOf(previous);
    const pending: PendingNode[] = [];
    for (const entry of names) {
      pending.push(await this.#saveEntry(entry, posix.join(path, entry), previousEntries.get(entry), false));
    }
    const done = resolved(pending).then((nodes) => this.#finishFolder(name, path, stat, nodes, previous));
    // Met where the folder above waits for it; until then it must not look unhandled.
    done.catch(() => undefined);
    return { done };
  }

  async #finishFolder(
    name: string,
    path: string,
    stat: BigIntStats,
    nodes: TreeNode[],
    previous: TreeNode | undefined,
    isAbove = false,
  ): Promise<TreeNode | null> {
    const subtree = await this.#saveTree(nodes);
    const node = this.#node(name, path, stat, isAbove);
    if (node === null) return null;
    this.#job.counters.countFolder(previous, subtree, path);
    return { ...node, subtree };
  }

  async #saveTree(nodes: TreeNode[]): Promise<string> {
    throwIfCancelled(this.#job.signal);
    return (await this.#job.writer.addBlob('tree', encodeTree({ nodes }))).id;
  }

  #leaveOut(path: string): null {
    this.#job.onExcluded?.(path);
    return null;
  }

  /** What went away since its folder was read is left out without a word, as restic does it. */
  #statEntry(path: string): BigIntStats | null {
    try {
      return lstatSync(systemPath(path), { bigint: true });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.#job.issues.addReadError(path, 'scan', error);
      return null;
    }
  }

  #stat(path: string, read: typeof lstatSync): BigIntStats | null {
    try {
      return read(systemPath(path), { bigint: true });
    } catch (error) {
      this.#job.issues.addReadError(path, 'scan', error);
      return null;
    }
  }

  #node(name: string, path: string, stat: BigIntStats, isAbove = false): TreeNode | null {
    const { accounts, issues, withAtime } = this.#job;
    const onAttributeError = (error: unknown): void => {
      // The attributes of folders above what is backed up are often nobody's business, as restic sees it, too.
      if (isAbove && ['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return;
      issues.add(path, 'read', 'unreadable', `Its extended attributes: ${reasonOf(error)}`);
    };
    try {
      return nodeFromStat(name, path, stat, accounts, onAttributeError, withAtime);
    } catch (error) {
      issues.addReadError(path, 'read', error);
      return null;
    }
  }

  async #loadPreviousOf(node: TreeNode | undefined): Promise<Previous> {
    return await this.#loadPrevious(node?.type === 'dir' ? node.subtree : null);
  }

  /** A tree of the parent that cannot be read only costs the reading of files that may not have changed. */
  async #loadPrevious(tree: string | null): Promise<Previous> {
    const { repository, signal } = this.#job;
    if (tree === null || !repository.index.has('tree', tree)) return NOTHING;
    try {
      const { nodes } = await repository.loadTree(tree, signal);
      return new Map(nodes.map((node) => [node.name, node]));
    } catch {
      throwIfCancelled(signal);
      return NOTHING;
    }
  }
}

async function resolved(pending: readonly PendingNode[]): Promise<TreeNode[]> {
  const nodes: TreeNode[] = [];
  for (const node of pending) {
    // Most are there already; awaiting each of a million would cost a turn apiece.
    const got = node !== null && 'done' in node ? await node.done : node;
    if (got !== null) nodes.push(got);
  }
  return nodes;
}

function inByteOrder(targets: TargetFolder): [string, TargetNode][] {
  return [...targets].sort(([left], [right]) => compareRaw(left, right));
}
