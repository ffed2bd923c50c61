import type { Database } from '../db/client.ts';
import { insertApiToken } from './api-token-records.ts';

export { findApiTokenByHash } from './api-token-records.ts';

/** The token of the first start: an admin's, of nobody in particular, used by the start command itself. */
export async function insertFirstApiToken(db: Pick<Database, 'apiToken'>, secretHash: string): Promise<void> {
  await insertApiToken(db, {
    name: 'first start',
    role: 'admin',
    secretHash,
    createdBy: null,
    expiresAt: null,
  });
}
