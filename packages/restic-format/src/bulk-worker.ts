import { type BulkJob, BulkPerformer, type BulkResult } from './bulk-job.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { StartThread } from './order-threads.ts';
import { loadPackFileOpener } from './pack-source.ts';

export interface BulkThreadData {
  /** They go by their number. */
  keys: readonly ClonedKey[];
  /** `PackFiles.module`. */
  files: string | null;
}

/** In a thread of its own: does the jobs it is sent. */
export const start: StartThread<BulkThreadData, BulkJob, BulkResult> = async ({ keys, files }) => {
  const performer = new BulkPerformer(keys.map(keyFromClone), await loadPackFileOpener(files));
  return (job) => {
    const answer = performer.perform(job);
    return { answer, transfer: transferable(answer) };
  };
};

function transferable(result: BulkResult): ArrayBuffer[] {
  if (result.work === 'unread') return [];
  const parts =
    result.work === 'move'
      ? [result.bytes, result.offsets, result.lengths, result.uncompressed]
      : [result.subtrees, result.contents];
  const buffers = new Set<ArrayBuffer>();
  for (const part of parts) {
    if (part === null) continue;
    const { buffer, byteLength } = part;
    // Small Buffers share a pool with others, which cannot be given away.
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.add(buffer);
  }
  return [...buffers];
}
