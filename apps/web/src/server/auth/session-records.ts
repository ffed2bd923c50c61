import type { Database } from '../db/client.ts';

export async function deleteExpiredSessions(db: Database, now: Date): Promise<void> {
  await db.session.deleteMany({ where: { expiresAt: { lt: now } } });
}
