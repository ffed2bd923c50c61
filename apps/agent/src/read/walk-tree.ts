import type { TreeNode } from '@breakwater/restic-format/tree';
import { throwIfCancelled } from '../backup/cancellation.ts';
import type { TreeReader } from './tree-reader.ts';

/** Whether to go into the folder that was visited. */
export type Enter = boolean;

/**
 * Visits the entries of a tree as restic's walker does: in order, each folder before what is in it. `visit` is told
 * the path (raw, from `/` on) and the tree that the entry stands in. Throws what loading a tree throws.
 */
export async function walkTree(
  trees: TreeReader,
  root: string,
  visit: (node: TreeNode, path: string, parentTree: string) => Enter,
  signal: AbortSignal,
  onUnreadable?: (tree: string, error: unknown) => void,
): Promise<void> {
  const walk = async (treeId: string, prefix: string, upcoming: readonly string[]): Promise<void> => {
    let nodes: TreeNode[];
    try {
      nodes = (await trees.load(treeId, upcoming)).nodes;
    } catch (error) {
      throwIfCancelled(signal);
      if (onUnreadable === undefined) throw error;
      onUnreadable(treeId, error);
      return;
    }
    const subtrees = nodes.flatMap(({ subtree }) => subtree ?? []);
    for (const node of nodes) {
      throwIfCancelled(signal);
      if (node.subtree !== null) subtrees.shift();
      const path = `${prefix}/${node.name}`;
      if (visit(node, path, treeId) && node.subtree !== null) await walk(node.subtree, path, subtrees);
    }
  };
  await walk(root, '', []);
}
