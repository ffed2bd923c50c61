import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Logger } from '@breakwater/process/logger';
import { findApiTokenByHash, insertFirstApiToken } from '../api-tokens/first-api-token.ts';
import { hashPassword } from '../auth/password.ts';
import { hashSecret, newSecret } from '../auth/secret.ts';
import type { CenterConfig } from '../config.ts';
import type { Database } from '../db/client.ts';
import { adminFilePath, readAdminFile, replaceAdminFile, writeAdminFile } from './admin-file.ts';
import { asFirstUser, awaitsNewPassword, countUsers, insertUser } from './user-records.ts';

/**
 * Makes the first admin when there is no user, and writes `admin.json`. The file is written before the database
 * learns of the admin, under another name, so that a process killed in between loses neither.
 */
export async function ensureFirstAdmin(db: Database, config: CenterConfig, logger: Logger): Promise<void> {
  const path = adminFilePath(config.dataFolder);
  const unfinished = `${path}.unfinished`;
  if ((await countUsers(db)) > 0) {
    await finishFile(db, unfinished, path);
    await dropReplacedPassword(db, path);
    return;
  }
  const admin = {
    email: config.adminEmail.toLowerCase(),
    password: randomBytes(15).toString('base64url'),
    apiToken: newSecret('bw_api_'),
  };
  const id = randomUUID();
  const passwordHash = await hashPassword(admin.password);
  mkdirSync(config.dataFolder, { recursive: true });
  writeAdminFile(unfinished, admin);
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

/** A one-time password that was replaced meanwhile is good for nothing, and must not be told as if it were. */
async function dropReplacedPassword(db: Database, path: string): Promise<void> {
  const admin = readAdminFile(path);
  if (admin === null || admin.password === null) return;
  if (await awaitsNewPassword(db, admin.email)) return;
  replaceAdminFile(path, { ...admin, password: null });
}

/** A start that was killed after the database had the admin left the file under its other name. */
async function finishFile(db: Database, unfinished: string, path: string): Promise<void> {
  if (!existsSync(unfinished)) return;
  const written = readAdminFile(unfinished);
  const known = written === null ? null : await findApiTokenByHash(db, hashSecret(written.apiToken));
  if (known !== null && !existsSync(path)) renameSync(unfinished, path);
  else rmSync(unfinished);
}
