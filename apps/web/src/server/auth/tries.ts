import { Failure } from '@breakwater/domain/failure';
import type { Database } from '../db/client.ts';
import { countTry, forgetOldTries, forgetTries } from './try-records.ts';

export interface Tries {
  /** Counts a try. Throws Failure `too-many-requests`, with the seconds to wait, when there were too many. */
  take(now: number): Promise<void>;
  /** After a success. */
  forget(): Promise<void>;
}

/** At most `max` tries under `key` in `windowMs`, over all instances: they are counted in the database. */
export function limitTries(db: Database, key: string, max: number, windowMs: number): Tries {
  return {
    async take(now) {
      const { count, since } = await countTry(db, key, now, windowMs);
      if (count === 1) await forgetOldTries(db, now - 86_400_000);
      if (count <= max) return;
      const retryAfterSeconds = Math.max(1, Math.ceil((since + windowMs - now) / 1000));
      throw new Failure('too-many-requests', `too many tries: wait ${retryAfterSeconds} s`, {
        retryable: true,
        cause: { retryAfterSeconds },
      });
    },
    forget: () => forgetTries(db, key),
  };
}
