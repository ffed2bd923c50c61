import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { displayPath } from '../source/display-path.ts';
import type { Selection } from './selection.ts';

/**
 * Paths inside a snapshot (raw strings, absolute) as a selection; none means everything. Throws `path-not-found`
 * for a path that the snapshot does not have.
 */
export async function selectPaths(
  repository: Repository,
  tree: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Selection> {
  if (paths.length === 0) return 'all';
  const selection: Map<string, Selection> = new Map();
  for (const path of paths) {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    if (names.length === 0) return 'all';
    await requirePath(repository, tree, path, names, signal);
    addPath(selection, names);
  }
  return selection;
}

function addPath(selection: Map<string, Selection>, names: string[]): void {
  let folder = selection;
  for (const [at, name] of names.entries()) {
    const present = folder.get(name);
    if (present === 'all') return;
    if (at === names.length - 1) folder.set(name, 'all');
    else {
      const next = present instanceof Map ? present : new Map<string, Selection>();
      folder.set(name, next);
      folder = next;
    }
  }
}

async function requirePath(
  repository: Repository,
  root: string,
  path: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let tree: string | null = root;
  for (const name of names) {
    const nodes: TreeNode[] = tree === null ? [] : (await repository.loadTree(tree, signal)).nodes;
    const node = nodes.find((candidate) => candidate.name === name);
    if (node === undefined) {
      throw new Failure('path-not-found', `The snapshot has no ${displayPath(path)}`);
    }
    tree = node.subtree;
  }
}
