import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));
const DATABASE_URL = 'postgresql://u:p@localhost:5432/d';

describe('readConfig', () => {
  it('needs the database alone', () => {
    expect(readConfig({ DATABASE_URL })).toEqual({
      databaseUrl: DATABASE_URL,
      redisUrl: null,
      dataFolder: resolve('.breakwater'),
      masterKey: null,
      host: '0.0.0.0',
      port: 3000,
      publicUrl: null,
      tls: null,
      trustProxy: false,
      adminEmail: 'admin@breakwater.local',
      heartbeatWindowMs: 15_000,
      probeIntervalMs: 30_000,
      speedWindow: 5,
      placementMargin: 0.1,
      lostNodeMs: 3_600_000,
      replicationBytesPerSecond: null,
      logLevel: 'info',
      development: false,
    });
  });

  it('takes any variable from a file', () => {
    const file = join(folder, 'url');
    writeFileSync(file, `${DATABASE_URL}\n`);
    expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe(DATABASE_URL);
    const key = join(folder, 'key');
    writeFileSync(key, `${'0f'.repeat(32)}\n`);
    const { masterKey } = readConfig({ DATABASE_URL, BREAKWATER_MASTER_KEY_FILE: key });
    expect(masterKey).toEqual(new Uint8Array(32).fill(15));
  });

  it('takes a master key as base64', () => {
    const base64 = Buffer.alloc(32, 9).toString('base64');
    const { masterKey } = readConfig({ DATABASE_URL, BREAKWATER_MASTER_KEY: base64 });
    expect(masterKey).toEqual(new Uint8Array(32).fill(9));
  });

  it.each([
    [{}, /^DATABASE_URL is not set: expected postgresql:/],
    [{ DATABASE_URL: 'mysql://x/y' }, /^DATABASE_URL is "mysql:\/\/x\/y": expected postgresql:/],
    [{ DATABASE_URL, REDIS_URL: 'localhost' }, /^REDIS_URL is "localhost": expected redis:/],
    [{ DATABASE_URL, PORT: '70000' }, /^PORT is "70000": expected a whole number from 0 to 65535$/],
    [{ DATABASE_URL, PORT: 'x' }, /^PORT is "x": expected a whole number from 0 to 65535$/],
    [{ DATABASE_URL, PUBLIC_URL: 'ftp://x' }, /^PUBLIC_URL is "ftp:\/\/x": expected http:/],
    [{ DATABASE_URL, BREAKWATER_ADMIN_EMAIL: 'me' }, /^BREAKWATER_ADMIN_EMAIL is "me": expected an e-mail/],
    [{ DATABASE_URL, LOG_LEVEL: 'loud' }, /^LOG_LEVEL is "loud": expected trace/],
    [{ DATABASE_URL, TRUST_PROXY: 'yes' }, /^TRUST_PROXY is "yes": expected 0 or 1$/],
    [{ DATABASE_URL, TLS_CERT: 'x' }, /^TLS_KEY is not set: expected both/],
    [
      { DATABASE_URL, TLS_CERT: '/nowhere', TLS_KEY: 'x' },
      /^TLS_CERT is "\/nowhere": expected a PEM text or a file/,
    ],
    [{ DATABASE_URL_FILE: '/nowhere' }, /^DATABASE_URL_FILE is "\/nowhere": it cannot be read/],
  ])('names the variable, the value and what was expected: %o', (environment, line) => {
    expect(() => readConfig(environment)).toThrow(line);
  });

  it('does not repeat a bad secret', () => {
    const read = () => readConfig({ DATABASE_URL, BREAKWATER_MASTER_KEY: 'too-short-secret' });
    expect(read).toThrow('BREAKWATER_MASTER_KEY is set: expected 32 bytes');
    expect(read).not.toThrow(/too-short-secret/);
  });
});
