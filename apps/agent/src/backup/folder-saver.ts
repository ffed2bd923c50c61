import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { compareRaw } from '@breakwater/restic-format/raw-string';
import { blobId } from '@breakwater/restic-format/sealed-blob';
import { encodeTree, type TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { TreeReader } from '../read/tree-reader.ts';
import { isSameLink, isSameNode, nodeFromStat } from '../source/node-from-stat.ts';
import { readFolder } from '../source/read-folder.ts';
import { systemPath } from '../source/system-path.ts';
import type { TargetFolder, TargetNode } from '../source/targets.ts';
import { say } from '../remarks/say.ts';
import { tellRenamedAttribute } from './attribute-names.ts';
import type { BackupJob } from './backup-job.ts';
import { throwIfCancelled } from './cancellation.ts';
import { isUnchanged } from './change-rules.ts';
import { sayReason } from './file-issues.ts';
import { type Begun, FileSaver } from './file-saver.ts';
import { ParentDamage } from './parent-damage.ts';

/** Folders, too, are finished while the walk goes on: it must not stand still until a folder's last file is read. */
type PendingNode = TreeNode | null | Begun;
/** A folder in the parent snapshot. */
interface Previous {
  /** Its tree; null when there is none. */
  id: string | null;
  nodes: ReadonlyMap<string, TreeNode>;
  /** Trees of its folders, in the order in which the walk will come to them. */
  subtrees: readonly string[];
}

/** A folder that was walked. */
interface FolderEntry {
  name: string;
  path: string;
  stat: BigIntStats;
  /** Above what is backed up. */
  isAbove: boolean;
  /** When it was begun, in ms of `performance.now()`. */
  began: number;
}

const NOTHING: Previous = { id: null, nodes: new Map(), subtrees: [] };

/** Walks the source depth first and writes the trees of a snapshot, unchanged files from the parent's trees. */
export class FolderSaver {
  readonly #job: BackupJob;
  readonly #files: FileSaver;
  readonly #trees: TreeReader;
  readonly #damage: ParentDamage;
  /** Nodes of the parent may stand for what is there now. */
  readonly #reusesNodes: boolean;

  constructor(job: BackupJob) {
    this.#job = job;
    this.#files = new FileSaver(job);
    this.#trees = new TreeReader(job.repository, job.signal);
    this.#damage = new ParentDamage(job.repository, job.signal, job.onWarning);
    const { ignoreCtime, ignoreInode } = job.changes;
    this.#reusesNodes = !job.withAtime && !ignoreCtime && !ignoreInode;
  }

  /** Returns the root tree's id, or null when there is nothing in it. */
  async saveTargets(targets: TargetFolder, parentTree: string | null): Promise<string | null> {
    const previous = await this.#loadPrevious('/', parentTree, []);
    const pending = await this.#saveTargetEntries(targets, previous);
    const nodes = await resolved(pending);
    const tree = nodes.length === 0 ? null : (await this.#saveTree('/', nodes, previous)).id;
    this.#damage.finish();
    return tree;
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
          ? await this.#saveEntry(name, target.path, previous, target.explicit)
          : await this.#saveTargetFolder(name, target, previous),
      );
    }
    return pending;
  }

  /** A folder above the targets: its own metadata, and only the entries that lead to a target. */
  async #saveTargetFolder(
    name: string,
    target: TargetNode & { kind: 'folder' },
    above: Previous,
  ): Promise<TreeNode | null> {
    const began = performance.now();
    const previous = await this.#loadPreviousOf(above, name, target.infoPath);
    const pending = await this.#saveTargetEntries(target.children, previous);
    const nodes = await resolved(pending);
    const stat = this.#stat(target.infoPath, statSync);
    if (stat === null) return null;
    const folder = { name, path: target.infoPath, stat, isAbove: true, began };
    return await this.#finishFolder(folder, nodes, above.nodes.get(name), previous);
  }

  async #saveEntry(name: string, path: string, above: Previous, explicit: boolean): Promise<PendingNode> {
    const { breather, signal, selection } = this.#job;
    throwIfCancelled(signal);
    if (breather.due) await breather.pause();
    if (!explicit && selection.leavesOutName(path)) return this.#leaveOut(path);
    const stat = this.#statEntry(path);
    if (stat === null) return null;
    if (!explicit && selection.leavesOut(path, stat)) return this.#leaveOut(path);
    if (stat.isDirectory()) return await this.#saveFolder(name, path, stat, above);
    const previous = above.nodes.get(name);
    if (stat.isFile()) return await this.#saveFile(name, path, stat, previous);
    // Nothing could ever connect to a restored socket: restic leaves them out, too.
    if (stat.isSocket()) return null;
    const same = this.#reusable(previous, stat);
    if (same !== null && same.type !== 'symlink') return same;
    const now = this.#node(name, path, stat);
    return same !== null && now !== null && isSameLink(same, now) ? same : now;
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
        const same = this.#reusable(previous, stat);
        const node = same ?? this.#node(name, path, stat);
        if (node === null) return null;
        counters.countFile('Unmodified', path, null);
        counters.bytesDone += node.size;
        return same ?? { ...node, content };
      }
    }
    return await this.#files.begin(name, path, previous, stat.size);
  }

  async #saveFolder(name: string, path: string, stat: BigIntStats, above: Previous): Promise<PendingNode> {
    const began = performance.now();
    let names: string[];
    try {
      names = readFolder(path);
      // Reading follows a link that has meanwhile taken the folder's place, so look again what was read.
      const now = lstatSync(systemPath(path), { bigint: true });
      if (now.ino !== stat.ino || now.dev !== stat.dev) {
        this.#job.issues.add(path, 'scan', 'unreadable', say('entry-replaced', {}));
        return null;
      }
    } catch (error) {
      this.#job.issues.addReadError(path, 'scan', error);
      return null;
    }
    const previous = await this.#loadPreviousOf(above, name, path);
    const pending: PendingNode[] = [];
    const folder = path === '/' ? path : `${path}/`;
    for (const entry of names) pending.push(await this.#saveEntry(entry, folder + entry, previous, false));
    const itself = { name, path, stat, isAbove: false, began };
    const done = resolved(pending).then((nodes) =>
      this.#finishFolder(itself, nodes, above.nodes.get(name), previous),
    );
    // Met where the folder above waits for it; until then it must not look unhandled.
    done.catch(() => undefined);
    return { done };
  }

  async #finishFolder(
    { name, path, stat, isAbove, began }: FolderEntry,
    nodes: TreeNode[],
    previousNode: TreeNode | undefined,
    previous: Previous,
  ): Promise<TreeNode | null> {
    const { id: subtree, added } = await this.#saveTree(path, nodes, previous);
    const same = previousNode?.subtree === subtree ? this.#reusable(previousNode, stat) : null;
    const node = same ?? this.#node(name, path, stat, isAbove);
    if (node === null) return null;
    const seconds = (performance.now() - began) / 1000;
    this.#job.counters.countFolder(previousNode, subtree, path, { treeAdded: added, seconds });
    return same ?? { ...node, subtree };
  }

  /** The tree's id, and its bytes where the repository did not have it. */
  async #saveTree(
    path: string,
    nodes: TreeNode[],
    previous: Previous,
  ): Promise<{ id: string; added: number }> {
    const { signal, writer } = this.#job;
    throwIfCancelled(signal);
    // Made of the nodes of a tree that is there, and no others, it would be that tree.
    const isPrevious =
      previous.id !== null &&
      nodes.length === previous.nodes.size &&
      nodes.every((node) => previous.nodes.get(node.name) === node);
    if (isPrevious && previous.id !== null) return { id: previous.id, added: 0 };
    const json = encodeTree({ nodes });
    if (this.#damage.found) await this.#damage.look(path, blobId(json));
    const { id, isNew } = await writer.addBlob('tree', json);
    return { id, added: isNew ? json.length : 0 };
  }

  /** The parent's node, when it says all that there is to say. */
  #reusable(previous: TreeNode | undefined, stat: BigIntStats): TreeNode | null {
    if (previous === undefined || !this.#reusesNodes) return null;
    return isSameNode(previous, stat, this.#job.accounts) ? previous : null;
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
      issues.add(path, 'read', 'unreadable', say('attributes-unread', { why: sayReason(error) }));
    };
    try {
      const node = nodeFromStat(name, path, stat, accounts, onAttributeError, withAtime);
      tellRenamedAttribute(this.#job, path, node);
      return node;
    } catch (error) {
      issues.addReadError(path, 'read', error);
      return null;
    }
  }

  async #loadPreviousOf(above: Previous, name: string, path: string): Promise<Previous> {
    const node = above.nodes.get(name);
    const tree = node?.type === 'dir' ? node.subtree : null;
    if (tree === null) return NOTHING;
    return await this.#loadPrevious(path, tree, above.subtrees.slice(above.subtrees.indexOf(tree) + 1));
  }

  /** A tree of the parent that cannot be read is told, and costs the reading of files that may not have changed. */
  async #loadPrevious(path: string, tree: string | null, upcoming: readonly string[]): Promise<Previous> {
    const { repository, signal } = this.#job;
    if (tree === null) return NOTHING;
    if (!repository.index.has('tree', tree)) {
      this.#damage.missing(path, tree);
      return NOTHING;
    }
    try {
      const { nodes } = await this.#trees.load(tree, upcoming);
      const subtrees = nodes.flatMap(({ subtree }) => subtree ?? []);
      return { id: tree, nodes: new Map(nodes.map((node) => [node.name, node])), subtrees };
    } catch (error) {
      throwIfCancelled(signal);
      this.#damage.unreadable(path, tree, error);
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
