import { randomUUID } from 'node:crypto';
import type { Database } from '../db/client.ts';

/**
 * Counts one more try under `key` in the window that began with its first try; a window that is over begins anew.
 * One statement, so that tries at the same moment are all counted; an id of its own each time, since a clash of ids
 * would be an error where one of keys is not. Returns the count and when the window began.
 */
export async function countTry(
  db: Database,
  key: string,
  now: number,
  windowMs: number,
): Promise<{ count: number; since: number }> {
  const over = BigInt(now - windowMs);
  const rows = await db.$queryRaw<{ count: number; lastRequest: bigint }[]>`
    INSERT INTO rate_limit AS r (id, key, count, "lastRequest") VALUES (${randomUUID()}, ${key}, 1, ${BigInt(now)})
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN r."lastRequest" <= ${over} THEN 1 ELSE r.count + 1 END,
      "lastRequest" = CASE WHEN r."lastRequest" <= ${over} THEN ${BigInt(now)} ELSE r."lastRequest" END
    RETURNING count, "lastRequest"`;
  const row = rows[0];
  return { count: row?.count ?? 1, since: Number(row?.lastRequest ?? now) };
}

export async function forgetTries(db: Database, key: string): Promise<void> {
  await db.rateLimit.deleteMany({ where: { key } });
}

/** Windows that are long over: rows of addresses that never came back. */
export async function forgetOldTries(db: Database, before: number): Promise<void> {
  await db.rateLimit.deleteMany({ where: { lastRequest: { lt: BigInt(before) } } });
}
