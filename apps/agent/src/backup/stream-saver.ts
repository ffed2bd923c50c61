import { posix } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { Chunker, MAX_CHUNK_BYTES } from '@breakwater/restic-format/chunker';
import { GO_MODE_DIR } from '@breakwater/restic-format/file-mode';
import type { GoTime } from '@breakwater/restic-format/go-time';
import { emptyNode, encodeTree, type TreeNode } from '@breakwater/restic-format/tree';
import type { BackupJob } from './backup-job.ts';
import { throwIfCancelled } from './cancellation.ts';
import type { StreamSource } from './stream-source.ts';

/** Room for a whole chunk and for what comes meanwhile. */
const BUFFER_BYTES = 2 * MAX_CHUNK_BYTES;

/**
 * Stores what a stream gives as one file, with the folders of its name above it, and returns the root tree's id.
 * The nodes are those restic makes for its standard input. Throws `source-changed` when the stream gave nothing.
 */
export async function saveStream(job: BackupJob, source: StreamSource, time: GoTime): Promise<string> {
  const began = performance.now();
  job.counters.currentFile = source.path;
  const { content, size, added } = await storeContent(job, source);
  if (size === 0) {
    throw new Failure('source-changed', `There was no data for ${source.path}; no snapshot was made`);
  }
  job.counters.countFile('New', source.path, { added, stored: null, seconds: secondsSince(began) });
  let node: TreeNode = {
    ...ownNode(posix.basename(source.path), 'file', time),
    mode: 0o644,
    size,
    content,
  };
  for (let folder = posix.dirname(source.path); folder !== '/'; folder = posix.dirname(folder)) {
    const { id: subtree, added: treeAdded } = await storeTree(job, node);
    const seconds = secondsSince(began);
    job.counters.countFolder(undefined, subtree, folder, { treeAdded, seconds });
    const mode = GO_MODE_DIR + 0o755;
    node = { ...ownNode(posix.basename(folder), 'dir', time), mode, subtree };
  }
  return (await storeTree(job, node)).id;
}

async function storeContent(
  job: BackupJob,
  source: StreamSource,
): Promise<{ content: string[]; size: number; added: number }> {
  const { writer, counters, repository, signal } = job;
  const chunker = new Chunker(repository.config.chunkerPolynomial);
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const content: string[] = [];
  let size = 0;
  let added = 0;
  const add = async (chunk: Buffer): Promise<void> => {
    const { id, isNew } = await writer.addBlob('data', chunk);
    content.push(id);
    size += chunk.length;
    if (isNew) added += chunk.length;
    counters.bytesDone += chunk.length;
    throwIfCancelled(signal);
  };
  // buffer[start, end) is the open chunk; the chunker has seen all of it but what was added last.
  let start = 0;
  let end = 0;
  for await (const part of source.read(signal)) {
    let taken = 0;
    while (taken < part.length) {
      if (end === buffer.length) {
        buffer.copyWithin(0, start, end);
        end -= start;
        start = 0;
      }
      const length = Math.min(part.length - taken, buffer.length - end);
      buffer.set(part.subarray(taken, taken + length), end);
      taken += length;
      let scanned = end;
      end += length;
      for (;;) {
        const cut = chunker.next(buffer, scanned, end);
        if (cut < 0) break;
        await add(buffer.subarray(start, cut));
        start = cut;
        scanned = cut;
      }
    }
  }
  if (end > start) await add(buffer.subarray(start, end));
  return { content, size, added };
}

/** The tree's id, and its bytes where the repository did not have it. */
async function storeTree(job: BackupJob, node: TreeNode): Promise<{ id: string; added: number }> {
  throwIfCancelled(job.signal);
  const tree = encodeTree({ nodes: [node] });
  const { id, isNew } = await job.writer.addBlob('tree', tree);
  return { id, added: isNew ? tree.length : 0 };
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

function ownNode(name: string, type: 'file' | 'dir', time: GoTime): TreeNode {
  return {
    ...emptyNode(name, type, { mtime: time, atime: time, ctime: time }),
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  };
}
