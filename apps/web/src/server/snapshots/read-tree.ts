import { type SnapshotEntry, snapshotEntry } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import { unixPermissions } from '@breakwater/restic-format/file-mode';
import { goQuote } from '@breakwater/restic-format/go-quote';
import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';

/** A name as the API has it: itself when it is text, else as restic quotes it. */
export function shownName(raw: string): string {
  return raw.isWellFormed() ? raw : goQuote(raw);
}

export interface FoundNode {
  node: TreeNode;
  /** Of names as bytes (raw-string.ts). */
  rawPath: string;
}

/**
 * The node at `path` of a tree, with its raw path; null for the root. Names may be given as the API shows them.
 * Throws `path-not-found` naming the part that is not there.
 */
export async function nodeAt(repository: Repository, tree: string, path: string): Promise<FoundNode | null> {
  let found: FoundNode | null = null;
  let rawPath = '';
  let folder: string | null = tree;
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    const nodes: TreeNode[] = folder === null ? [] : (await repository.loadTree(folder)).nodes;
    const node = nodes.find((one) => one.name === name) ?? nodes.find((one) => shownName(one.name) === name);
    if (node === undefined) {
      throw new Failure('path-not-found', `the snapshot has no ${path}: there is no "${name}"`);
    }
    rawPath += `/${node.name}`;
    found = { node, rawPath };
    folder = node.subtree;
  }
  return found;
}

/** What a folder of a snapshot holds. Throws `path-not-found`, also for what is no folder. */
export async function readFolder(
  repository: Repository,
  tree: string,
  path: string,
): Promise<SnapshotEntry[]> {
  const at = await nodeAt(repository, tree, path);
  const subtree = at === null ? tree : at.node.subtree;
  if (subtree === null) throw new Failure('path-not-found', `${path} is a ${at?.node.type}, not a folder`);
  const parent = path.split('/').filter((part) => part !== '' && part !== '.');
  const { nodes } = await repository.loadTree(subtree);
  return nodes.map((node) => entryOf(node, parent));
}

const knownTypes = new Set<string>(snapshotEntry.shape.type.options);

function entryOf(node: TreeNode, parent: readonly string[]): SnapshotEntry {
  const name = shownName(node.name);
  return {
    name,
    path: `/${[...parent, name].join('/')}`,
    type: (knownTypes.has(node.type) ? node.type : 'irregular') as SnapshotEntry['type'],
    size: node.size,
    mtime: formatGoTime(node.mtime),
    mode: unixPermissions(node.mode),
    uid: node.uid,
    gid: node.gid,
    user: node.user === '' ? null : node.user,
    group: node.group === '' ? null : node.group,
    linkTarget: node.type === 'symlink' ? shownName(node.linkTarget) : null,
  };
}
