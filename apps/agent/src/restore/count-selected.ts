import type { Repository } from '@breakwater/restic-format/repository';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import type { Selection } from './select-paths.ts';

/**
 * Files and bytes a restore will write: from the snapshot's own summary, or by walking its trees. Null when that
 * cannot be known (`signal`, or a damaged tree); it never throws.
 */
export async function countSelected(
  repository: Repository,
  snapshot: Snapshot,
  selection: Selection,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number } | null> {
  if (selection === 'all' && snapshot.summary !== null) {
    const { totalFilesProcessed, totalBytesProcessed } = snapshot.summary;
    return { files: totalFilesProcessed, bytes: totalBytesProcessed };
  }
  const totals = { files: 0, bytes: 0 };
  const stack: { tree: string; selection: Selection }[] = [{ tree: snapshot.tree, selection }];
  try {
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { nodes } = await repository.loadTree(next.tree, signal);
      for (const node of nodes) {
        const wanted = next.selection === 'all' ? 'all' : next.selection.get(node.name);
        if (wanted === undefined) continue;
        if (node.type === 'file') {
          totals.files += 1;
          totals.bytes += node.size;
        } else if (node.subtree !== null) stack.push({ tree: node.subtree, selection: wanted });
      }
    }
    return totals;
  } catch {
    return null;
  }
}
