import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@breakwater/process/embedded-postgres';
import { createLogger } from '@breakwater/process/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNode } from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let folder: string;
let stopDatabase: () => Promise<void>;
let postmaster: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  await chmod(folder, 0o755);
  const logger = createLogger('test-postgres', 'silent');
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), logger, fsync: false });
  stopDatabase = server.stop;
  postmaster = server.pid;
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

  it('asks to be tried again, in its own words, from the moment the database is killed', async () => {
    const { email, password, apiToken: token } = center.admin;
    const auth = (path: string, init: RequestInit) => fetch(`${center.url}/api/auth${path}`, init);
    const signIn = () =>
      auth('/sign-in/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
    const cookie = (await signIn()).headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const node = await startNode(center, 'alpha');
    process.kill(postmaster, 'SIGKILL');
    for (let round = 0; round < 5; round++) {
      const asked = await Promise.all([
        center.call('GET', '/overview?timeZone=UTC', { token }),
        center.call('GET', '/tasks', { token }),
        center.call('GET', '/tasks', { headers: { cookie } }),
        center.call('POST', '/join-tokens', { token, body: { kind: 'agent' } }),
      ]);
      for (const answer of asked) {
        expect([answer.status, answer.problem().code]).toEqual([503, 'unavailable']);
        expect(answer.headers.get('retry-after')).toBe('2');
        expect(answer.problem().detail).toBe('the database does not answer: try again in a moment');
      }
      const direct = [await signIn(), await auth('/get-session', { headers: { cookie } })];
      expect(direct.map((one) => one.status)).toEqual([503, 503]);
    }
    await expect(node.heartbeat()).rejects.toThrow(/^the database does not answer: try again in a moment$/);
    node.close();
  });
});
