import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';

/** Blobs under way at once: enough to hide a network's latency, and at most some 50 MiB. */
const BLOBS_AHEAD = 6;

/** A file's content, piece by piece, read ahead. Throws `pack-damaged` naming pack and blob. */
export async function* fileContent(
  repository: Repository,
  node: TreeNode,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const ids = node.content ?? [];
  const underWay: Promise<Buffer>[] = [];
  let next = 0;
  const fill = (): void => {
    for (; underWay.length < BLOBS_AHEAD && next < ids.length; next += 1) {
      const piece = repository.loadBlob('data', ids[next] ?? '', signal);
      // It is thrown where it is awaited, if the reader comes so far.
      piece.catch(() => undefined);
      underWay.push(piece);
    }
  };
  fill();
  for (let piece = underWay.shift(); piece !== undefined; piece = underWay.shift()) {
    fill();
    yield await piece;
  }
}
