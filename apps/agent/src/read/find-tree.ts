import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { displayPath } from '../source/display-path.ts';

/** `snapshot:folder` as restic takes it: the part before the first colon, and the folder (null without one). */
export function splitSubfolder(text: string): { id: string; subfolder: string | null } {
  const colon = text.indexOf(':');
  return colon < 0
    ? { id: text, subfolder: null }
    : { id: text.slice(0, colon), subfolder: text.slice(colon + 1) };
}

/** Tree of a folder below another tree. Throws `path-not-found` when it is not there or no folder. */
export async function findSubtree(
  repository: Repository,
  tree: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const node = await findNode(repository, tree, path, signal);
  if (node === null) return tree;
  if (node.subtree !== null) return node.subtree;
  throw new Failure('path-not-found', `${displayPath(path)} is a ${node.type} in the snapshot, not a folder`);
}

/** An entry by its path (raw); null for the root. Throws `path-not-found`. */
export async function findNode(
  repository: Repository,
  root: string,
  path: string,
  signal: AbortSignal,
): Promise<TreeNode | null> {
  let tree: string | null = root;
  let node: TreeNode | null = null;
  for (const name of namesOfPath(path)) {
    const nodes: TreeNode[] = tree === null ? [] : (await repository.loadTree(tree, signal)).nodes;
    node = nodes.find((candidate) => candidate.name === name) ?? null;
    if (node === null) throw new Failure('path-not-found', `The snapshot has no ${displayPath(path)}`);
    tree = node.subtree;
  }
  return node;
}

function namesOfPath(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}
