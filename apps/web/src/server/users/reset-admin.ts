import { randomBytes } from 'node:crypto';
import { findApiTokenByHash, insertFirstApiToken } from '../api-tokens/first-api-token.ts';
import { hashPassword } from '../auth/password.ts';
import { hashSecret, newSecret } from '../auth/secret.ts';
import type { Database } from '../db/client.ts';
import { writeEvent } from '../events/write-event.ts';
import { say } from '../remarks/say.ts';
import { adminFilePath, readAdminFile, replaceAdminFile } from './admin-file.ts';
import { findLockedOut, setOneTimePassword } from './user-records.ts';

/**
 * A new one-time password for the user with this e-mail, by default the admin that was made first; their sessions end.
 * Written to `admin.json` too, whose API token is made anew where it is lost. For whoever has the machine: nothing is
 * asked. Throws an Error, for people, when there is no such user.
 */
export async function resetAdmin(
  db: Database,
  wanted: { email: string | null; dataFolder: string; now: Date },
): Promise<{ email: string; password: string }> {
  const password = randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  const path = adminFilePath(wanted.dataFolder);
  const known = readAdminFile(path)?.apiToken ?? null;
  const good = known !== null && (await findApiTokenByHash(db, hashSecret(known))) !== null;
  const apiToken = good ? known : newSecret('bw_api_');
  const email = await db.$transaction(async (tx) => {
    const user = await findLockedOut(tx, wanted.email?.toLowerCase() ?? null);
    if (user === null) {
      throw new Error(
        wanted.email === null
          ? 'There is no admin yet.'
          : `There is no user with the e-mail ${wanted.email}.`,
      );
    }
    await setOneTimePassword(tx, user.id, passwordHash);
    if (!good) await insertFirstApiToken(tx, hashSecret(apiToken));
    await writeEvent(
      tx,
      {
        level: 'warn',
        kind: 'password-reset',
        remark: say('password-reset', { email: user.email }),
        subject: { type: 'user', id: user.id },
        notify: true,
      },
      wanted.now,
    );
    return user.email;
  });
  replaceAdminFile(path, { email, password, apiToken });
  return { email, password };
}
