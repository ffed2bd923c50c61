import type { Database } from '../db/client.ts';

export async function deleteExpiredSessions(db: Database, now: Date): Promise<void> {
  await db.session.deleteMany({ where: { expiresAt: { lt: now } } });
}

/** Throws what the database says when it cannot be asked. */
export async function askForSessions(db: Database): Promise<void> {
  await db.session.findFirst({ select: { id: true } });
}
