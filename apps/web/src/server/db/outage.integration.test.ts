import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@breakwater/process/embedded-postgres';
import { createLogger } from '@breakwater/process/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let folder: string;
let stopDatabase: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  await chmod(folder, 0o755);
  const logger = createLogger('test-postgres', 'silent');
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), logger, fsync: false });
  stopDatabase = server.stop;
  center = await startTestCenter({ config: { databaseUrl: server.url } });
});
afterEach(async () => {
  await center.close();
  await stopDatabase();
  await rm(folder, { recursive: true, force: true });
});

describe('a control center', () => {
  it('goes on after the database has ended its connections', async () => {
    const { db } = center.center;
    await db.$queryRaw`SELECT 1`;
    await db.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`;
    await expect
      .poll(async () => (await center.call('GET', '/session', { token: center.admin.apiToken })).status)
      .toBe(200);
    await expect
      .poll(async () => (await fetch(`${center.url}/readyz`)).status, { timeout: 10_000 })
      .toBe(200);
  });

  it('says that it is not ready while the database is away, lives on, and still ends in order', async () => {
    await stopDatabase();
    const ready = await fetch(`${center.url}/readyz`);
    expect([ready.status, (await ready.json()).checks.database]).toEqual([503, 'failing']);
    const asked = await center.call('GET', '/session', { token: center.admin.apiToken });
    expect([asked.status, asked.problem().code]).toEqual([503, 'unavailable']);
    expect((await fetch(`${center.url}/healthz`)).status).toBe(200);
  });
});
