import type { Role } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import { type Identity, lesserRole, roleAllows } from '../auth/identity.ts';
import { hashSecret, newSecret } from '../auth/secret.ts';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import {
  type ApiTokenRecord,
  deleteApiToken,
  findApiTokenByHash,
  findApiTokens,
  insertApiToken,
  type TokenScope,
  touchApiToken,
} from './api-token-records.ts';

export interface ApiTokens {
  /** Who carries this secret; null when it is unknown or has expired. Never more than its owner may now. */
  identify(secret: string): Promise<Identity | null>;
  /** The secret is in the answer and nowhere else. Throws `forbidden` for a role above the creator's. */
  create(
    wanted: { name: string; role: Role; expiresInSeconds: number | null },
    creator: Identity,
    tx?: Prisma.TransactionClient,
  ): Promise<{ token: ApiTokenRecord; secret: string }>;
  /** Newest first, one more than `limit`. Others than admins see their own. */
  list(asker: Identity, page: { limit: number; before?: string | undefined }): Promise<ApiTokenRecord[]>;
  /** Throws `not-found`, also for one that the asker may not see. */
  remove(asker: Identity, id: string, tx?: Prisma.TransactionClient): Promise<void>;
}

export function createApiTokens(db: Database, now: () => number): ApiTokens {
  return {
    async identify(secret) {
      const found = await findApiTokenByHash(db, hashSecret(secret));
      if (found === null || (found.expiresAt !== null && found.expiresAt.getTime() <= now())) return null;
      await touchApiToken(db, found.id, new Date(now()));
      return {
        kind: 'api-token',
        tokenId: found.id,
        ownerId: found.createdBy,
        name: found.name,
        role: found.ownerRole === null ? found.role : lesserRole(found.role, found.ownerRole),
      };
    },
    async create(wanted, creator, tx) {
      if (!roleAllows(creator.role, wanted.role)) {
        throw new Failure(
          'forbidden',
          `a token may not have the role ${wanted.role}: its creator has only ${creator.role}`,
        );
      }
      const secret = newSecret('bw_api_');
      const token = await insertApiToken(tx ?? db, {
        name: wanted.name,
        role: wanted.role,
        secretHash: hashSecret(secret),
        createdBy: creator.kind === 'user' ? creator.userId : creator.ownerId,
        expiresAt: wanted.expiresInSeconds === null ? null : new Date(now() + wanted.expiresInSeconds * 1000),
      });
      return { token, secret };
    },
    list: (asker, page) => findApiTokens(db, { ...page, scope: scopeOf(asker) }),
    async remove(asker, id, tx) {
      if (!(await deleteApiToken(tx ?? db, id, scopeOf(asker)))) {
        throw new Failure('not-found', `there is no API token ${id}`);
      }
    },
  };
}

function scopeOf(asker: Identity): TokenScope {
  if (asker.role === 'admin') return 'all';
  if (asker.kind === 'user') return { createdBy: asker.userId };
  return asker.ownerId === null ? { id: asker.tokenId } : { createdBy: asker.ownerId };
}
