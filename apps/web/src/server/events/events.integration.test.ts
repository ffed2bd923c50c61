import { event, page } from '@breakwater/contract/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quote } from '../remarks/say.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let now = Date.parse('2026-01-01T00:00:00Z');
beforeAll(async () => {
  center = await startTestCenter({ now: () => now });
});
afterAll(() => center.close());

const list = async (query = '') =>
  (await center.call('GET', `/events${query}`, { token: center.admin.apiToken })).as(page(event));
const record = (message: string, level: 'info' | 'warn' | 'error' = 'info') =>
  center.center.events.record({ level, kind: 'test', remark: quote(message) });

describe('events', () => {
  it('are listed newest first, page by page, and by level', async () => {
    for (const n of [1, 2, 3, 4, 5]) await record(`event ${n}`, n % 2 === 0 ? 'warn' : 'info');
    const first = await list('?limit=3');
    const second = await list(`?limit=3&cursor=${first.nextCursor}`);
    const messages = [...first.items, ...second.items].map((one) => one.message);
    expect(messages).toEqual(['event 5', 'event 4', 'event 3', 'event 2', 'event 1']);
    expect(second.nextCursor).toBeNull();
    const warnings = (await list('?level=warn')).items.map((one) => one.message);
    expect(warnings).toEqual(['event 4', 'event 2']);
    expect((await center.call('GET', '/events?level=loud', { token: center.admin.apiToken })).status).toBe(
      400,
    );
  });

  it('tell the browsers at once', async () => {
    const told: unknown[] = [];
    const detach = center.center.live.attach((event, body) => told.push([event, body]));
    const id = await record('look');
    detach();
    expect(told).toEqual([['changed', { resource: 'events', id }]]);
  });

  it('of a change are written with it or not at all, and told once it is there for all', async () => {
    const { db } = center.database;
    const { events, live } = center.center;
    const name = (token: string) => db.joinToken.count({ where: { secretHash: token } });
    const make = (secretHash: string, fails: boolean) =>
      events.withChange(async (tx, tell) => {
        const expiresAt = new Date(now);
        await tx.joinToken.create({ data: { kind: 'agent', secretHash, expiresAt } });
        await tell({ level: 'warn', kind: 'test', remark: quote(`made ${secretHash}`), notify: true });
        if (fails) throw new Error('thought better of it');
        return secretHash;
      });
    const told: unknown[] = [];
    const seen: Promise<number>[] = [];
    const detach = live.attach((event) => {
      told.push(event);
      seen.push(name('kept'));
    });
    await expect(make('dropped', true)).rejects.toThrow('thought better of it');
    expect([await name('dropped'), told]).toEqual([0, []]);
    expect(await make('kept', false)).toBe('kept');
    detach();
    expect(await Promise.all(seen)).toEqual([1]);
    const messages = (await list()).items.map(({ message }) => message);
    expect(messages).toContain('made kept');
    expect(messages).not.toContain('made dropped');
  });

  it('and sessions are forgotten when they are long over, and not before', async () => {
    const user = await center.database.db.user.findFirstOrThrow();
    const session = (token: string, at: number) =>
      center.database.db.session.create({
        data: { id: token, token, userId: user.id, expiresAt: new Date(at) },
      });
    await session('over', now - 1);
    await session('good', now + 1);
    await center.center.auth.forgetExpiredSessions(new Date(now));
    expect((await center.database.db.session.findMany()).map(({ id }) => id)).toEqual(['good']);
    const before = (await list()).items.length;
    now += 364 * 86_400_000;
    await center.center.events.forgetOld();
    expect((await list()).items.length).toBe(before);
    now += 2 * 86_400_000;
    await record('new');
    await center.center.events.forgetOld();
    expect((await list()).items.map((one) => one.message)).toEqual(['new']);
  });
});
