import { type CenterConfig, readProcessConfig } from './src/server/config.ts';
import { createDatabase } from './src/server/db/client.ts';
import { resetAdmin } from './src/server/users/reset-admin.ts';

/**
 * `node apps/web/reset-admin.ts [E-MAIL]`, with the control center's own environment: prints a new one-time password.
 * The database has to be there and migrated; the control center may run meanwhile.
 */
try {
  const [email = null] = process.argv.slice(2);
  const admin = await reset(readProcessConfig(), email);
  process.stdout.write(`Sign in as ${admin.email} with the one-time password ${admin.password}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function reset({ databaseUrl, dataFolder }: CenterConfig, email: string | null) {
  const db = createDatabase(databaseUrl);
  try {
    return await resetAdmin(db, { email, dataFolder, now: new Date() });
  } finally {
    await db.$disconnect();
  }
}
