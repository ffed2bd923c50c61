import { type CheckJob, type CheckVerdict, performCheckJob } from './check-job.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { StartThread } from './order-threads.ts';
import { BlobOpener } from './sealed-blob.ts';

/** In a thread of its own: does the jobs it is sent. */
export const start: StartThread<ClonedKey, CheckJob, CheckVerdict> = (clone) => {
  const key = keyFromClone(clone);
  const opener = new BlobOpener(key);
  return (job) => {
    try {
      return { answer: performCheckJob(job, key, opener) };
    } finally {
      // Now, not when the collector finds it: a pack is large, and the next one is on its way.
      if (job.bytes.buffer instanceof ArrayBuffer) job.bytes.buffer.transfer(0);
    }
  };
};
