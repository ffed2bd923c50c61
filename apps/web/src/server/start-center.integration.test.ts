import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { session } from '@breakwater/contract/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '@breakwater/process/logger';
import { startCenter } from './start-center.ts';
import { startTestCenter, type TestCenter } from './testing/start-test-center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await startTestCenter();
});
afterAll(() => center.close());

const again = () => startCenter({ config: center.center.config, logger: createLogger('test', 'silent') });

describe('startCenter', () => {
  it('makes the first admin, whose API token works and whose files only their owner can read', async () => {
    const who = await center.call('GET', '/session', { token: center.admin.apiToken });
    expect(who.as(session).user).toMatchObject({ role: 'admin', name: 'first start' });
    for (const name of ['admin.json', 'master.key']) {
      expect((await stat(join(center.dataFolder, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps the admin, the signing key and the master key over a second start', async () => {
    const files = () =>
      Promise.all(
        ['admin.json', 'master.key'].map((name) => readFile(join(center.dataFolder, name), 'utf8')),
      );
    const before = await files();
    const second = await again();
    try {
      expect(second.center.keys.signing.kid).toBe(center.center.keys.signing.kid);
      expect(await files()).toEqual(before);
      expect(await center.database.db.user.count()).toBe(1);
    } finally {
      await second.close();
    }
  });

  it('refuses to start with another master key, or without one, and makes no new one', async () => {
    const path = join(center.dataFolder, 'master.key');
    const good = await readFile(path, 'utf8');
    try {
      await writeFile(path, `${'ab'.repeat(32)}\n`);
      await expect(again()).rejects.toThrow(/is not the one this database was used with/);
      await rm(path);
      await expect(again()).rejects.toThrow(/put the file back to .*master\.key/);
      await expect(stat(path)).rejects.toThrow('ENOENT');
      await writeFile(path, 'not a key');
      await expect(again()).rejects.toThrow(/expected 64 hex digits/);
    } finally {
      await writeFile(path, good, { mode: 0o600 });
    }
  });

  it('names the port that is in use', async () => {
    const port = Number(new URL(center.url).port);
    const config = { ...center.center.config, port };
    await expect(startCenter({ config, logger: createLogger('test', 'silent') })).rejects.toThrow(
      `PORT is ${port}: another process uses this port`,
    );
  });

  it('answers health, readiness and metrics', async () => {
    const health = await fetch(`${center.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok', checks: {} }]);
    const ready = await fetch(`${center.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', queue: 'ok' } },
    ]);
    const metrics = await (await fetch(`${center.url}/metrics`)).text();
    expect(metrics).toContain('breakwater_agents{state="offline"} 0');
    expect(metrics).toMatch(
      /breakwater_http_request_seconds_count\{method="GET",route="\/session",status="200"\} \d/,
    );
  });
});
