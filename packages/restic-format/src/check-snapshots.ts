import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Problem } from './check-problem.ts';
import { mapInParallel } from './map-in-parallel.ts';
import { rawToDisplay } from './raw-string.ts';
import type { Repository } from './repository.ts';
import type { StoredSnapshot } from './snapshot.ts';
import type { TreeNode } from './tree.ts';

const TREES_AT_ONCE = 8;

interface TreeToVisit {
  id: string;
  snapshotId: string;
  path: string;
}

/** Walks every tree once and looks up every blob in the index. */
export async function checkSnapshots(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  signal?: AbortSignal,
): Promise<Problem[]> {
  let problems: Problem[] = [];
  const seen = new Set<string>();
  function unseen(trees: TreeToVisit[]): TreeToVisit[] {
    return trees.filter(({ id }) => !seen.has(id) && seen.add(id));
  }
  let frontier = unseen(
    snapshots.map(({ id, snapshot }) => ({ id: snapshot.tree, snapshotId: id, path: '/' })),
  );
  // Depth first by portions: a wide tree must not hold all its subtrees' names in memory.
  while (frontier.length > 0) {
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
    const portion = frontier.splice(-TREES_AT_ONCE);
    const visited = await mapInParallel(portion, TREES_AT_ONCE, (tree) => visit(repository, tree, signal));
    for (const result of visited) {
      problems = problems.concat(result.problems);
      frontier = frontier.concat(unseen(result.subtrees));
    }
  }
  return problems;
}

async function visit(
  repository: Repository,
  tree: TreeToVisit,
  signal: AbortSignal | undefined,
): Promise<{ problems: Problem[]; subtrees: TreeToVisit[] }> {
  const where = { severity: 'error', snapshotId: tree.snapshotId, path: tree.path } as const;
  if (!repository.index.has('tree', tree.id)) {
    const message = `${tree.path} in snapshot ${tree.snapshotId}: no pack holds its tree ${tree.id}`;
    return { problems: [{ ...where, kind: 'tree-missing', message, blobId: tree.id }], subtrees: [] };
  }
  try {
    const { nodes } = await repository.loadTree(tree.id, signal);
    const problems = nodes.flatMap((node) => checkNode(repository, tree, node));
    const subtrees = nodes.flatMap((node) =>
      node.subtree === null
        ? []
        : [{ id: node.subtree, snapshotId: tree.snapshotId, path: pathOf(tree, node) }],
    );
    return { problems, subtrees };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== 'pack-damaged' && failure.code !== 'repository-damaged') throw failure;
    const message = `${tree.path} in snapshot ${tree.snapshotId}: ${failure.message}`;
    return { problems: [{ ...where, kind: 'tree-damaged', message, blobId: tree.id }], subtrees: [] };
  }
}

function pathOf(tree: TreeToVisit, node: TreeNode): string {
  return `${tree.path === '/' ? '' : tree.path}/${rawToDisplay(node.name)}`;
}

function checkNode(repository: Repository, tree: TreeToVisit, node: TreeNode): Problem[] {
  const path = pathOf(tree, node);
  const where = { severity: 'error', snapshotId: tree.snapshotId, path } as const;
  if (node.type === 'dir' && node.subtree === null) {
    return [
      { ...where, kind: 'tree-damaged', message: `${path} in snapshot ${tree.snapshotId} has no tree` },
    ];
  }
  if (node.type === 'file' && node.content === null && node.size > 0) {
    return [
      { ...where, kind: 'tree-damaged', message: `${path} in snapshot ${tree.snapshotId} has no content` },
    ];
  }
  const missing = (node.content ?? []).filter((id) => !repository.index.has('data', id));
  return missing.map((blobId) => {
    const message = `${path} in snapshot ${tree.snapshotId}: no pack holds its data blob ${blobId}`;
    return { ...where, kind: 'blob-missing', message, blobId };
  });
}
