import { Failure } from '@breakwater/domain/failure';
import { rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { Center } from '../center.ts';
import { attachmentOf } from './content-disposition.ts';
import { type OpenCopy, openCopies } from './opened-copies.ts';
import { nodeAt } from './read-tree.ts';
import { requireSnapshot } from './snapshots.ts';

/** Blobs read ahead of the browser, a megabyte or so each. */
const READ_AHEAD = 3;

/**
 * One file of a snapshot as a streamed answer: the one case where data passes through the control center. Throws
 * `snapshot-not-found`, `path-not-found`, `invalid-request` for what is no file, and what reading the copy throws.
 */
export async function downloadFile(center: Center, snapshotId: string, path: string): Promise<Response> {
  const snapshot = await requireSnapshot(center, snapshotId);
  return openCopies(center).withSnapshot(snapshot, async (copy) => {
    const at = await nodeAt(copy.repository, snapshot.tree, path);
    if (at === null || at.node.type !== 'file') {
      throw new Failure(
        'invalid-request',
        `${path} is a ${at?.node.type ?? 'dir'}: only files can be downloaded`,
      );
    }
    const { node } = at;
    const content = node.content ?? [];
    // The first blob is read before the answer begins: what is wrong from the start is still a problem with a reason.
    const first = content[0] === undefined ? null : await copy.repository.loadBlob('data', content[0]);
    return new Response(streamOf(copy, content, first), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(node.size),
        'content-disposition': attachmentOf(rawToDisplay(node.name)),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  });
}

function streamOf(
  copy: OpenCopy,
  content: readonly string[],
  first: Buffer | null,
): ReadableStream<Uint8Array> {
  const ahead: Promise<Buffer>[] = first === null ? [] : [Promise.resolve(first)];
  let next = ahead.length;
  const cancelled = new AbortController();
  const readAhead = () => {
    while (ahead.length < READ_AHEAD) {
      const id = content[next];
      if (id === undefined) return;
      next += 1;
      const blob = copy.fresh().then(() => copy.repository.loadBlob('data', id, cancelled.signal));
      // Whoever reads it hears of the failure; until then it is not an unhandled one.
      blob.catch(() => {});
      ahead.push(blob);
    }
  };
  return new ReadableStream({
    async pull(controller) {
      readAhead();
      const blob = ahead.shift();
      if (blob === undefined) {
        controller.close();
        return;
      }
      try {
        controller.enqueue(new Uint8Array(await blob));
      } catch (error) {
        cancelled.abort();
        controller.error(error);
      }
    },
    cancel: () => cancelled.abort(),
  });
}
