import { parentPort, workerData } from 'node:worker_threads';
import { asFailure } from '@breakwater/domain/failure';
import { type CheckJob, type CheckVerdict, performCheckJob } from './check-job.ts';
import type { RepositoryKey } from './crypto.ts';
import { BlobOpener } from './sealed-blob.ts';

export interface CheckWorkerData {
  encrypt: Uint8Array;
  macK: Uint8Array;
  macR: Uint8Array;
}

export type CheckAnswer = { ok: true; verdict: CheckVerdict } | { ok: false; message: string };

/** Runs in a thread of its own: does the jobs it is sent, in order. */
const { encrypt, macK, macR } = workerData as CheckWorkerData;
const key: RepositoryKey = {
  encrypt: Buffer.from(encrypt),
  macK: Buffer.from(macK),
  macR: Buffer.from(macR),
};
const opener = new BlobOpener(key);

parentPort?.on('message', (job: CheckJob) => {
  let answer: CheckAnswer;
  try {
    answer = { ok: true, verdict: performCheckJob(job, key, opener) };
  } catch (error) {
    answer = { ok: false, message: asFailure(error).message };
  }
  // Now, not when the collector finds it: a pack is large, and the next one is on its way.
  if (job.bytes.buffer instanceof ArrayBuffer) job.bytes.buffer.transfer(0);
  parentPort?.postMessage(answer);
});
