import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@breakwater/process/logger';
import { findApiTokenByHash, insertFirstApiToken } from '../api-tokens/first-api-token.ts';
import { hashPassword } from '../auth/password.ts';
import { hashSecret, newSecret } from '../auth/secret.ts';
import type { CenterConfig } from '../config.ts';
import type { Database } from '../db/client.ts';
import { asFirstUser, countUsers, insertUser } from './user-records.ts';

/** `admin.json` in the data folder (0600): how to get in after the first start. */
interface FirstAdmin {
  email: string;
  /** To be replaced at the first sign-in. */
  password: string;
  apiToken: string;
}

/**
 * Makes the first admin when there is no user, and writes `admin.json`. The file is written before the database
 * learns of the admin, under another name, so that a process killed in between loses neither.
 */
export async function ensureFirstAdmin(db: Database, config: CenterConfig, logger: Logger): Promise<void> {
  const path = join(config.dataFolder, 'admin.json');
  const unfinished = `${path}.unfinished`;
  if ((await countUsers(db)) > 0) {
    await finishFile(db, unfinished, path);
    return;
  }
  const admin: FirstAdmin = {
    email: config.adminEmail.toLowerCase(),
    password: randomBytes(15).toString('base64url'),
    apiToken: newSecret('bw_api_'),
  };
  const id = randomUUID();
  const passwordHash = await hashPassword(admin.password);
  mkdirSync(config.dataFolder, { recursive: true });
  writeFileSync(unfinished, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600, flush: true });
  const first = await asFirstUser(db, async (tx) => {
    await insertUser(tx, {
      id,
      email: admin.email,
      name: 'Administrator',
      role: 'admin',
      mustChangePassword: true,
      passwordHash,
    });
    await insertFirstApiToken(tx, hashSecret(admin.apiToken));
  });
  if (first) {
    renameSync(unfinished, path);
    logger.info({ path, email: admin.email }, 'made the first admin');
  } else {
    rmSync(unfinished, { force: true });
  }
}

/** A start that was killed after the database had the admin left the file under its other name. */
async function finishFile(db: Database, unfinished: string, path: string): Promise<void> {
  if (!existsSync(unfinished)) return;
  const { apiToken } = JSON.parse(readFileSync(unfinished, 'utf8')) as FirstAdmin;
  const known = await findApiTokenByHash(db, hashSecret(apiToken));
  if (known !== null && !existsSync(path)) renameSync(unfinished, path);
  else rmSync(unfinished);
}
