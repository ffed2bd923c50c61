import type { Database } from '../db/client.ts';

export async function insertRevoked(
  db: Database,
  tokens: readonly { jti: string; expiresAt: Date }[],
  at: Date,
): Promise<void> {
  await db.revokedToken.createMany({
    data: tokens.map((token) => ({ ...token, revokedAt: at })),
    skipDuplicates: true,
  });
}

export async function findRevoked(
  db: Database,
  stillValidAt: Date,
): Promise<{ jti: string; expiresAt: Date; revokedAt: Date }[]> {
  return db.revokedToken.findMany({
    where: { expiresAt: { gt: stillValidAt } },
    orderBy: { revokedAt: 'asc' },
  });
}

export async function removeExpired(db: Database, before: Date): Promise<number> {
  return (await db.revokedToken.deleteMany({ where: { expiresAt: { lt: before } } })).count;
}
