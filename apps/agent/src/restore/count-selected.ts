import type { Repository } from '@breakwater/restic-format/repository';
import type { SnapshotSummary } from '@breakwater/restic-format/snapshot';
import { TreeReader } from '../read/tree-reader.ts';
import { judge, type Selection } from './selection.ts';

/**
 * Files and bytes a restore will write: from the snapshot's own summary, or by walking its trees. Null when that
 * cannot be known (`signal`, or a damaged tree); it never throws. Files linked with each other count each.
 */
export async function countSelected(
  repository: Repository,
  snapshot: { tree: string; summary: SnapshotSummary | null },
  selection: Selection,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number } | null> {
  if (selection === 'all' && snapshot.summary !== null) {
    const { totalFilesProcessed, totalBytesProcessed } = snapshot.summary;
    return { files: totalFilesProcessed, bytes: totalBytesProcessed };
  }
  const totals = { files: 0, bytes: 0 };
  const trees = new TreeReader(repository, signal);
  const stack = [{ tree: snapshot.tree, path: '', selection }];
  try {
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const upcoming = stack.map(({ tree }) => tree).reverse();
      const { nodes } = await trees.load(next.tree, upcoming);
      for (const node of nodes) {
        const path = `${next.path}/${node.name}`;
        const { taken, below } = judge(next.selection, path, node.name);
        if (node.type === 'file' && taken) {
          totals.files += 1;
          totals.bytes += node.size;
        } else if (node.subtree !== null && below !== null) {
          stack.push({ tree: node.subtree, path, selection: below });
        }
      }
    }
    return totals;
  } catch {
    return null;
  }
}
