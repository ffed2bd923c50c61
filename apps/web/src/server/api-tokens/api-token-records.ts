import { type Role, role } from '@breakwater/contract/resources';
import type { Database } from '../db/client.ts';
import type { ApiTokenModel } from '../db/generated/models/ApiToken.ts';

export interface ApiTokenRecord {
  id: string;
  name: string;
  role: Role;
  createdBy: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

/** Which tokens somebody may see and remove: all, those of one user, or itself alone. */
export type TokenScope = 'all' | { createdBy: string } | { id: string };

export async function insertApiToken(
  db: Pick<Database, 'apiToken'>,
  token: { name: string; role: Role; secretHash: string; createdBy: string | null; expiresAt: Date | null },
): Promise<ApiTokenRecord> {
  return recordOf(await db.apiToken.create({ data: token }));
}

/** With the role its owner has now; null when the owner is gone. */
export async function findApiTokenByHash(
  db: Database,
  secretHash: string,
): Promise<(ApiTokenRecord & { ownerRole: Role | null }) | null> {
  const row = await db.apiToken.findUnique({ where: { secretHash }, include: { owner: true } });
  if (row === null) return null;
  return { ...recordOf(row), ownerRole: row.owner === null ? null : role.parse(row.owner.role) };
}

/** Newest first, one more than `limit`. */
export async function findApiTokens(
  db: Database,
  filter: { limit: number; before?: string | undefined; scope: TokenScope },
): Promise<ApiTokenRecord[]> {
  const rows = await db.apiToken.findMany({
    where: {
      AND: [filter.before === undefined ? {} : { id: { lt: filter.before } }, whereOf(filter.scope)],
    },
    orderBy: { id: 'desc' },
    take: filter.limit + 1,
  });
  return rows.map(recordOf);
}

export async function deleteApiToken(
  db: Pick<Database, 'apiToken'>,
  id: string,
  scope: TokenScope,
): Promise<boolean> {
  return (await db.apiToken.deleteMany({ where: { AND: [{ id }, whereOf(scope)] } })).count > 0;
}

/** Written down at most once a minute: it is for people who tidy up, not a log. */
export async function touchApiToken(db: Database, id: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - 60_000);
  await db.apiToken.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: now },
  });
}

function whereOf(scope: TokenScope): { createdBy?: string; id?: string } {
  return scope === 'all' ? {} : scope;
}

function recordOf(row: ApiTokenModel): ApiTokenRecord {
  const { id, name, createdBy, createdAt, lastUsedAt, expiresAt } = row;
  return { id, name, createdBy, createdAt, lastUsedAt, expiresAt, role: role.parse(row.role) };
}
