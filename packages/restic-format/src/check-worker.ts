import { type CheckJob, CheckPerformer, type CheckVerdict, type Unread } from './check-job.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { StartThread } from './order-threads.ts';
import { loadPackFileOpener } from './pack-source.ts';

export interface CheckThreadData {
  key: ClonedKey;
  /** `PackFiles.module`. */
  files: string | null;
}

/** In a thread of its own: does the jobs it is sent. */
export const start: StartThread<CheckThreadData, CheckJob, CheckVerdict | Unread> = async ({
  key,
  files,
}) => {
  const performer = new CheckPerformer(keyFromClone(key), await loadPackFileOpener(files));
  return (job) => {
    try {
      return { answer: performer.perform(job) };
    } finally {
      // Now, not when the collector finds it: a pack is large, and the next one is on its way.
      if (job.source instanceof Uint8Array && job.source.buffer instanceof ArrayBuffer) {
        job.source.buffer.transfer(0);
      }
    }
  };
};
