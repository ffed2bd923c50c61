import { type BulkJob, type BulkResult, performBulkJob } from './bulk-job.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { StartThread } from './order-threads.ts';

/** In a thread of its own: does the jobs it is sent. Keys go by their number in the list it is started with. */
export const start: StartThread<readonly ClonedKey[], BulkJob, BulkResult> = (clones) => {
  const keys = clones.map(keyFromClone);
  return (job) => {
    const answer = performBulkJob(job, keys);
    return { answer, transfer: transferable(answer) };
  };
};

function transferable(result: BulkResult): ArrayBuffer[] {
  const parts =
    result.work === 'move'
      ? [result.bytes, result.offsets, result.lengths, result.uncompressed]
      : [result.subtrees, result.contents];
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of parts) {
    // Small Buffers share a pool with others, which cannot be given away.
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.add(buffer);
  }
  return [...buffers];
}
