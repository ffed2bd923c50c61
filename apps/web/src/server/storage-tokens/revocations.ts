import {
  RUN_TOKEN_SECONDS,
  type RevocationList,
  TOKEN_LEEWAY_SECONDS,
} from '@breakwater/contract/storage-token';
import type { Center } from '../center.ts';
import { findRevoked, insertRevoked, removeExpired } from './revoked-token-records.ts';

type RevocationContext = Pick<Center, 'db' | 'now' | 'links'>;

/** What nodes refuse though it has not expired. The version grows with each revocation. */
export async function revocationList(context: Pick<Center, 'db' | 'now'>): Promise<RevocationList> {
  const rows = await findRevoked(context.db, new Date(context.now() - TOKEN_LEEWAY_SECONDS * 1000));
  return {
    version: rows.at(-1)?.revokedAt.getTime() ?? 0,
    revoked: rows.map((row) => ({ jti: row.jti, exp: Math.ceil(row.expiresAt.getTime() / 1000) })),
  };
}

/**
 * Revokes tokens by name and tells every connected node; the others hear of it when they connect. `exp` is epoch
 * seconds; a run's or probe's token may be renewed until the moment it is revoked, so its last end is assumed.
 */
export async function revokeTokens(
  context: RevocationContext,
  tokens: readonly { jti: string; exp?: number }[],
): Promise<void> {
  if (tokens.length === 0) return;
  const now = context.now();
  const latest = now / 1000 + RUN_TOKEN_SECONDS;
  await insertRevoked(
    context.db,
    tokens.map(({ jti, exp }) => ({ jti, expiresAt: new Date((exp ?? latest) * 1000) })),
    new Date(now),
  );
  await context.links.pushRevocations();
}

/** Drops from the list what has expired by itself. */
export async function forgetExpiredTokens(context: Pick<Center, 'db' | 'now'>): Promise<number> {
  return removeExpired(context.db, new Date(context.now() - 2 * TOKEN_LEEWAY_SECONDS * 1000));
}
