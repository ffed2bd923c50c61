import { page } from '@breakwater/contract/resources';
import { run } from '@breakwater/contract/run';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
const times = ['2026-11-22T00:00:00.000Z', '2026-11-22T12:00:00.000Z', '2026-11-23T00:00:00.000Z'];
beforeAll(async () => {
  center = await startTestCenter();
  const order = { kind: 'backup', paths: ['/etc'], excludes: [], strategy: 'fastest', pinnedNodeId: null };
  for (const at of times) {
    const failed = { kind: 'backup', trigger: 'manual', state: 'failed', reason: 'x', order };
    await center.database.db.run.create({
      data: { ...failed, createdAt: new Date(at), sourceAddress: 'web-1' },
    });
  }
});
afterAll(() => center.close());

const list = async (query: string) => center.call('GET', `/runs?${query}`, { token: center.admin.apiToken });
const made = async (query: string) => (await list(query)).as(page(run)).items.map((one) => one.createdAt);

it.each([
  ['from the first instant of a day to that of the next', [times[0], times[1]], times[0], times[2]],
  ['from a time on', [times[1], times[2]], '2026-11-22T00:00:00.001Z', undefined],
  ['up to a time', [times[0]], undefined, times[1]],
  ['in a zone of its own', [times[1]], '2026-11-22T01:30:00%2B01:00', '2026-11-22T23:30:00-00:00'],
])('runs are listed %s', async (_words, expected, from, to) => {
  const query = [from === undefined ? [] : `from=${from}`, to === undefined ? [] : `to=${to}`]
    .flat()
    .join('&');
  expect(await made(query)).toEqual([...expected].reverse());
});

it('pages go on within the times', async () => {
  const query = `from=${times[0]}&to=${times[2]}&limit=1`;
  const first = (await list(query)).as(page(run));
  expect(first.items[0]?.createdAt).toBe(times[1]);
  const second = (await list(`${query}&cursor=${first.nextCursor}`)).as(page(run));
  expect([second.items[0]?.createdAt, second.nextCursor]).toEqual([times[0], null]);
});

it.each([
  ['from=yesterday', 'from'],
  ['to=2026-11-22', 'to'],
  ['from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z', 'to'],
])('%s is refused, naming %s', async (query, field) => {
  const refused = await list(query);
  expect([refused.status, refused.problem().errors?.[0]?.field]).toEqual([400, field]);
});
