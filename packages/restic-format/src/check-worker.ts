import { type CheckJob, CheckPerformer, type CheckVerdict, type Unread } from './check-job.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { StartThread } from './order-threads.ts';

/** In a thread of its own: does the jobs it is sent. */
export const start: StartThread<ClonedKey, CheckJob, CheckVerdict | Unread> = (clone) => {
  const performer = new CheckPerformer(keyFromClone(clone));
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
