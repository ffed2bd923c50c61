import { parentPort, workerData } from 'node:worker_threads';
import { asFailure } from '@breakwater/domain/failure';
import { type BulkJob, type BulkResult, performBulkJob } from './bulk-job.ts';
import type { RepositoryKey } from './crypto.ts';

export interface BulkWorkerData {
  keys: { encrypt: Uint8Array; macK: Uint8Array; macR: Uint8Array }[];
}

export type BulkAnswer = { ok: true; result: BulkResult } | { ok: false; message: string };

/** Runs in a thread of its own: does the jobs it is sent, in order. */
const keys: RepositoryKey[] = (workerData as BulkWorkerData).keys.map(({ encrypt, macK, macR }) => ({
  encrypt: Buffer.from(encrypt),
  macK: Buffer.from(macK),
  macR: Buffer.from(macR),
}));

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

parentPort?.on('message', (job: BulkJob) => {
  let answer: BulkAnswer;
  try {
    answer = { ok: true, result: performBulkJob(job, keys) };
  } catch (error) {
    answer = { ok: false, message: asFailure(error).message };
  }
  parentPort?.postMessage(answer, answer.ok ? transferable(answer.result) : []);
});
