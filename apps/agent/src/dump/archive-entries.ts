import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { TreeReader } from '../read/tree-reader.ts';

export interface ArchiveEntry {
  /** Raw, without a leading slash; folders end with one. */
  name: string;
  node: TreeNode;
}

const KINDS = new Set(['file', 'dir', 'symlink']);

/** What a tree holds, each folder before what is in it: files, folders and symlinks, as restic puts them in archives. */
export async function* archiveEntries(
  repository: Repository,
  tree: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  yield* entriesOf(new TreeReader(repository, signal), tree, prefix, []);
}

async function* entriesOf(
  trees: TreeReader,
  tree: string,
  prefix: string,
  upcoming: readonly string[],
): AsyncGenerator<ArchiveEntry> {
  const { nodes } = await trees.load(tree, upcoming);
  const subtrees = nodes.flatMap(({ subtree }) => subtree ?? []);
  for (const node of nodes) {
    if (node.subtree !== null) subtrees.shift();
    if (!KINDS.has(node.type)) continue;
    const name = `${prefix}${node.name}`;
    yield { name: node.type === 'dir' ? `${name}/` : name, node };
    if (node.subtree !== null) yield* entriesOf(trees, node.subtree, `${name}/`, subtrees);
  }
}
