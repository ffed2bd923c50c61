import { randomUUID } from 'node:crypto';
import { session, user } from '@breakwater/contract/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let now = Date.now();
beforeAll(async () => {
  center = await startTestCenter({ now: () => now });
});
afterAll(() => center.close());

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${center.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function signIn(email: string, password: string): Promise<string> {
  const response = await post('/sign-in/email', { email, password });
  expect(response.status).toBe(200);
  return cookieOf(response);
}

/** A user made by the admin, with their first password. */
async function newUser(role = 'operator'): Promise<{ email: string; password: string; id: string }> {
  const email = `${randomUUID()}@example.org`;
  const password = 'the very first one';
  const body = { email, name: 'Somebody', role, password };
  const made = await center.call('POST', '/users', { token: center.admin.apiToken, body });
  expect(made.status).toBe(201);
  return { email, password, id: made.as(user).id };
}

const own = () => ({ origin: center.url });
const page = (cookie: string) => ({ cookie, ...own() });

describe('sign-in', () => {
  it('gives a session cookie that scripts cannot read and other sites cannot send along', async () => {
    const { email, password } = center.admin;
    const response = await post('/sign-in/email', { email: email.toUpperCase(), password }, own());
    expect(response.status).toBe(200);
    const cookie = response.headers.getSetCookie().find((one) => one.includes('session_token')) ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toMatch(/Secure/i);
    const who = await center.call('GET', '/session', { headers: { cookie: cookieOf(response) } });
    expect(who.as(session).user).toMatchObject({ email, role: 'admin', mustChangePassword: true });
  });

  it('says the same of a wrong password and of nobody known', async () => {
    const wrong = await post('/sign-in/email', { email: center.admin.email, password: 'wrong' });
    const nobody = await post('/sign-in/email', { email: 'nobody@example.org', password: 'wrong' });
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(await wrong.json()).toEqual(await nobody.json());
  });

  it('keeps passwords as argon2id and sessions unguessable', async () => {
    const account = await center.database.db.account.findFirst();
    expect(account?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const cookie = await signIn(center.admin.email, center.admin.password);
    const forged = cookie.replace(/=.{4}/, '=AAAA');
    expect((await center.call('GET', '/session', { headers: { cookie: forged } })).status).toBe(401);
  });

  it('ends with sign-out', async () => {
    const cookie = await signIn(center.admin.email, center.admin.password);
    expect((await post('/sign-out', {}, page(cookie))).status).toBe(200);
    expect((await center.call('GET', '/session', { headers: { cookie } })).status).toBe(401);
  });

  it.each([
    ['POST', '/sign-up/email'],
    ['POST', '/update-user'],
    ['POST', '/change-password'],
    ['POST', '/change-email'],
    ['POST', '/delete-user'],
    ['POST', '/request-password-reset'],
    ['GET', '/list-sessions'],
    ['GET', '/reset-password/x'],
  ])('has no %s %s', async (method, path) => {
    const init = { method, headers: { 'content-type': 'application/json' } };
    const body = { email: 'a@example.org', name: 'A', password: 'long enough, surely', role: 'admin' };
    const response = await fetch(
      `${center.url}/api/auth${path}`,
      method === 'GET' ? init : { ...init, body: JSON.stringify(body) },
    );
    expect(response.status).toBe(404);
    expect(await center.database.db.user.count({ where: { email: 'a@example.org' } })).toBe(0);
  });

  it.each([
    ['nothing', {}],
    ['no text', { email: 1, password: [] }],
    ['a password longer than any', { email: 'a@b.c', password: 'x'.repeat(129) }],
  ])('refuses %s', async (_what, body) => {
    expect((await post('/sign-in/email', body)).status).toBe(400);
  });

  it('from another site is refused', async () => {
    const { email, password } = center.admin;
    const body = { email, password };
    expect((await post('/sign-in/email', body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('/sign-in/email', body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});

describe('tries', () => {
  it('are limited for an account, with the time to wait, and the right password is not tried then', async () => {
    const user = await newUser();
    const attempt = (password: string) => post('/sign-in/email', { email: user.email, password });
    const early = await Promise.all(Array.from({ length: 12 }, () => attempt('wrong')));
    const statuses = early.map((response) => response.status).sort();
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const refused = await attempt(user.password);
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(300);
    now += wait * 1000;
    expect((await attempt(user.password)).status).toBe(200);
  });

  it('begin anew after a success', async () => {
    const user = await newUser();
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 5; n += 1) {
        expect((await post('/sign-in/email', { email: user.email, password: 'wrong' })).status).toBe(401);
      }
      await signIn(user.email, user.password);
    }
  });
});

describe('the first password', () => {
  it('opens nothing but its own replacement, which ends the other sessions', async () => {
    const user = await newUser();
    const cookie = await signIn(user.email, user.password);
    const other = await signIn(user.email, user.password);
    const blocked = await center.call('GET', '/agents', { headers: { cookie } });
    expect([blocked.status, blocked.problem().detail]).toEqual([
      403,
      'the one-time password must be replaced first',
    ]);
    const change = (currentPassword: string, newPassword: string) =>
      center.call('POST', '/session/password', {
        headers: page(cookie),
        body: { currentPassword, newPassword },
      });
    expect((await change('wrong', 'another long password')).problem().errors).toEqual([
      { field: 'currentPassword', given: 'hidden', expected: 'the password you signed in with' },
    ]);
    expect((await change(user.password, user.password)).problem().errors?.[0]?.field).toBe('newPassword');
    expect((await change(user.password, 'too short')).status).toBe(400);
    expect((await change(user.password, 'another long password')).status).toBe(204);
    expect((await center.call('GET', '/agents', { headers: { cookie } })).status).toBe(200);
    expect((await center.call('GET', '/session', { headers: { cookie: other } })).status).toBe(401);
    expect((await post('/sign-in/email', { email: user.email, password: user.password })).status).toBe(401);
    await signIn(user.email, 'another long password');
  });

  it('cannot be guessed at with a stolen session', async () => {
    const user = await newUser();
    const cookie = await signIn(user.email, user.password);
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const body = { currentPassword: `guess ${n}`, newPassword: 'another long password' };
      statuses.push((await center.call('POST', '/session/password', { headers: page(cookie), body })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(400), 429]);
  });
});

describe('a session cookie', () => {
  it('changes something only for pages of this control center', async () => {
    const user = await newUser('admin');
    const cookie = await signIn(user.email, user.password);
    await center.database.db.user.update({ where: { id: user.id }, data: { mustChangePassword: false } });
    const make = (headers: Record<string, string>) =>
      center.call('POST', '/join-tokens', { headers: { cookie, ...headers }, body: { kind: 'agent' } });
    expect((await make({})).status).toBe(403);
    expect((await make({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await make({ origin: 'null' })).status).toBe(403);
    expect((await make({ ...own(), 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await make({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await make(own())).status).toBe(201);
  });
});
