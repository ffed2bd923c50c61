import { execFile } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { event, page } from '@breakwater/contract/resources';
import { createLogger } from '@breakwater/process/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { ensureFirstAdmin } from './first-admin.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await startTestCenter();
});
afterAll(() => center.close());

const COMMAND = join(import.meta.dirname, '../../../reset-admin.ts');
/** The command as it is run by hand, beside the running control center. */
const reset = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', COMMAND, ...args], {
    env: { ...process.env, DATABASE_URL: center.database.url, BREAKWATER_DATA: center.dataFolder },
  });
const adminFile = async (): Promise<typeof center.admin> =>
  JSON.parse(await readFile(join(center.dataFolder, 'admin.json'), 'utf8'));
const signIn = (email: string, password: string) =>
  fetch(`${center.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

it('gives the first admin a new one-time password, and ends the old one and its sessions', async () => {
  const { email, password, apiToken } = center.admin;
  const before = await signIn(email, password);
  expect(before.status).toBe(200);
  const cookie = before.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');

  const { stdout } = await reset();
  const made = await adminFile();
  expect(stdout).toBe(`Sign in as ${email} with the one-time password ${made.password}\n`);
  expect(made).toEqual({ email, password: expect.not.stringContaining(password), apiToken });
  expect((await stat(join(center.dataFolder, 'admin.json'))).mode & 0o777).toBe(0o600);
  expect((await signIn(email, password)).status).toBe(401);
  expect((await center.call('GET', '/session', { headers: { cookie } })).status).toBe(401);
  expect((await signIn(email, made.password)).status).toBe(200);
  const user = await center.database.db.user.findFirstOrThrow({ where: { email } });
  expect(user.mustChangePassword).toBe(true);
  const { items } = (await center.call('GET', '/events', { token: apiToken })).as(page(event));
  expect(items[0]).toMatchObject({ kind: 'password-reset', level: 'warn' });
});

it('makes admin.json anew where it is lost, with an API token that works', async () => {
  await rm(join(center.dataFolder, 'admin.json'));
  await reset(center.admin.email.toUpperCase());
  const { apiToken, password, email } = await adminFile();
  expect(apiToken).not.toBe(center.admin.apiToken);
  expect((await center.call('GET', '/agents', { token: apiToken })).status).toBe(200);
  expect((await signIn(email, password)).status).toBe(200);
});

it('names a user it does not know, and changes nothing', async () => {
  const before = await adminFile();
  await expect(reset('nobody@example.org')).rejects.toMatchObject({
    code: 1,
    stderr: 'There is no user with the e-mail nobody@example.org.\n',
  });
  expect(await adminFile()).toEqual(before);
});

it('is in admin.json at a start only as long as nobody has replaced it', async () => {
  const { db } = center.database;
  const start = () => ensureFirstAdmin(db, center.center.config, createLogger('test', 'silent'));
  const before = await adminFile();
  await start();
  expect(await adminFile()).toEqual(before);
  await db.user.update({ where: { email: before.email }, data: { mustChangePassword: false } });
  await start();
  expect(await adminFile()).toEqual({ ...before, password: null });
  expect((await stat(join(center.dataFolder, 'admin.json'))).mode & 0o777).toBe(0o600);
});
