import { randomUUID } from 'node:crypto';
import { apiToken, apiTokenAnswer, event, page, session, user } from '@breakwater/contract/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let now = Date.now();
beforeAll(async () => {
  center = await startTestCenter({ now: () => now });
});
afterAll(() => center.close());

const as = async (role: 'viewer' | 'operator' | 'admin') => ({ token: await center.token(role) });
const input = (role: string) => ({
  email: `${randomUUID()}@Example.org`,
  name: ' Somebody ',
  role,
  password: 'long enough, surely',
});

describe('users', () => {
  it('are added, listed, changed and removed, and each is written down as an event', async () => {
    const admin = await as('admin');
    const body = input('viewer');
    const added = await center.call('POST', '/users', { ...admin, body });
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({ email: body.email.toLowerCase(), name: 'Somebody', role: 'viewer' });
    const { id } = added.as(user);
    const path = `/users/${id}`;
    const changed = await center.call('PATCH', path, { ...admin, body: { role: 'operator' } });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ role: 'operator', name: 'Somebody' });
    const listed = await center.call('GET', '/users', admin);
    expect(listed.as(page(user)).items).toContainEqual(changed.as(user));
    expect(JSON.stringify(listed.json)).not.toContain('argon2');
    expect((await center.call('DELETE', path, admin)).status).toBe(204);
    expect((await center.call('DELETE', path, admin)).status).toBe(404);
    const events = (await center.call('GET', '/events', admin)).as(page(event));
    const about = events.items.filter((one) => one.subject?.id === id);
    expect(about.map((one) => one.kind)).toEqual(['user-removed', 'user-changed', 'user-added']);
  });

  it('have one e-mail each, however it is written', async () => {
    const admin = await as('admin');
    const body = { ...input('viewer'), email: center.admin.email.toUpperCase() };
    const { status, problem } = await center.call('POST', '/users', { ...admin, body });
    expect([status, problem().code, problem().errors?.[0]?.field]).toEqual([409, 'conflict', 'email']);
  });

  it('always have an admin, also when two ask at the same moment', async () => {
    const admin = await as('admin');
    const [first] = (await center.call('GET', '/users', admin)).as(page(user)).items;
    const last = await center.call('DELETE', `/users/${first?.id}`, admin);
    expect([last.status, last.problem().code]).toEqual([409, 'conflict']);
    const demoted = await center.call('PATCH', `/users/${first?.id}`, { ...admin, body: { role: 'viewer' } });
    expect(demoted.status).toBe(409);
    const second = (await center.call('POST', '/users', { ...admin, body: input('admin') })).as(user);
    const both = await Promise.all([
      center.call('DELETE', `/users/${first?.id}`, admin),
      center.call('DELETE', `/users/${second.id}`, admin),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await center.database.db.user.count({ where: { role: 'admin' } })).toBe(1);
  });

  it('are paged by e-mail without a gap', async () => {
    const admin = await as('admin');
    for (let n = 0; n < 4; n += 1) await center.call('POST', '/users', { ...admin, body: input('viewer') });
    const whole = (await center.call('GET', '/users?limit=200', admin)).as(page(user));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const part = (await center.call('GET', `/users?limit=2${query}`, admin)).as(page(user));
      seen.push(...part.items.map((one) => one.email));
      cursor = part.nextCursor;
    }
    expect(whole.nextCursor).toBeNull();
    expect(seen).toEqual(whole.items.map((one) => one.email));
  });
});

describe('API tokens', () => {
  it('show their secret once and are kept as a hash', async () => {
    const made = await center.call('POST', '/api-tokens', {
      ...(await as('admin')),
      body: { name: 'ci', role: 'viewer' },
    });
    const { secret } = made.as(apiTokenAnswer);
    expect(secret).toMatch(/^bw_api_[\w-]{43}$/);
    const rows = await center.database.db.$queryRaw<
      { row: string }[]
    >`SELECT api_token::text AS row FROM api_token`;
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
    const listed = await center.call('GET', '/api-tokens', await as('admin'));
    expect(JSON.stringify(listed.json)).not.toContain(secret);
  });

  it('have at most the role of who made them', async () => {
    const operator = await as('operator');
    const more = await center.call('POST', '/api-tokens', {
      ...operator,
      body: { name: 'x', role: 'admin' },
    });
    expect([more.status, more.problem().code]).toEqual([403, 'forbidden']);
    const same = await center.call('POST', '/api-tokens', {
      ...operator,
      body: { name: 'x', role: 'operator' },
    });
    expect(same.status).toBe(201);
  });

  it('end when they expire or are revoked', async () => {
    const admin = await as('admin');
    const make = async (body: object) =>
      (await center.call('POST', '/api-tokens', { ...admin, body })).as(apiTokenAnswer);
    const short = await make({ name: 'short', role: 'viewer', expiresInSeconds: 60 });
    const long = await make({ name: 'long', role: 'viewer' });
    const status = async (secret: string) => (await center.call('GET', '/session', { token: secret })).status;
    expect([await status(short.secret), await status(long.secret)]).toEqual([200, 200]);
    now += 60_000;
    expect([await status(short.secret), await status(long.secret)]).toEqual([401, 200]);
    expect((await center.call('DELETE', `/api-tokens/${long.apiToken.id}`, admin)).status).toBe(204);
    expect(await status(long.secret)).toBe(401);
  });

  it('of others cannot be seen or revoked without being admin', async () => {
    const admin = await as('admin');
    const viewer = await as('viewer');
    const other = (
      await center.call('POST', '/api-tokens', { ...admin, body: { name: 'other', role: 'viewer' } })
    ).as(apiTokenAnswer).apiToken;
    const listed = (await center.call('GET', '/api-tokens', viewer)).as(page(apiToken)).items;
    expect(listed.map((one) => one.id)).not.toContain(other.id);
    expect((await center.call('DELETE', `/api-tokens/${other.id}`, viewer)).status).toBe(404);
  });

  it('follow their owner: less with a lesser role, nothing once the owner is gone', async () => {
    const admin = await as('admin');
    const owner = (await center.call('POST', '/users', { ...admin, body: input('operator') })).as(user);
    const { secret } = await center.center.apiTokens.create(
      { name: 'own', role: 'operator', expiresInSeconds: null },
      { ...owner, kind: 'user', userId: owner.id, sessionId: '', mustChangePassword: false },
    );
    const asked = () => center.call('GET', '/session', { token: secret });
    const role = async () => (await asked()).as(session).user.role;
    expect(await role()).toBe('operator');
    await center.call('PATCH', `/users/${owner.id}`, { ...admin, body: { role: 'viewer' } });
    expect(await role()).toBe('viewer');
    await center.call('DELETE', `/users/${owner.id}`, admin);
    expect((await asked()).status).toBe(401);
  });
});
