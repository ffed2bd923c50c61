import { randomUUID } from 'node:crypto';
import { agent, event, page, storageNode } from '@breakwater/contract/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let now = Date.now();
let token: string;
beforeAll(async () => {
  center = await startTestCenter({ now: () => now });
  token = center.admin.apiToken;
});
afterAll(() => center.close());

function insertNode(name: string) {
  const data = {
    name,
    url: 'http://127.0.0.1:9000',
    credentialHash: randomUUID(),
    publicJwk: {},
    version: '1',
  };
  return center.database.db.storageNode.create({ data });
}

function insertAgent(address: string) {
  const data = { address, role: 'source', credentialHash: randomUUID(), version: '1', platform: 'linux' };
  return center.database.db.agent.create({ data });
}

async function insertCopy(nodeId: string, bytes: bigint) {
  const id = randomUUID();
  const bytesOf = new Uint8Array([1]);
  await center.database.db.repository.create({
    data: { id, sealedPassword: bytesOf, configBytes: bytesOf, keyName: 'k', keyBytes: bytesOf },
  });
  await center.database.db.copy.create({ data: { repositoryId: id, nodeId, bytes } });
  return id;
}

describe('presence', () => {
  it('of an agent lasts as long as the heartbeat window', async () => {
    const { id } = await insertAgent('presence-1');
    const state = async () => (await center.call('GET', `/agents/${id}`, { token })).as(agent).state;
    const beat = (busy: boolean) =>
      center.center.agents.recordHeartbeat(id, {
        at: new Date(now),
        busy,
        version: '2',
        platform: 'linux arm64',
        clockOffsetMs: -7,
      });
    expect(await state()).toBe('offline');
    await beat(false);
    expect(await state()).toBe('idle');
    await beat(true);
    now += 15_000;
    expect(await state()).toBe('busy');
    now += 1;
    expect(await state()).toBe('offline');
    const { json } = await center.call('GET', `/agents/${id}`, { token });
    expect(json).toMatchObject({ version: '2', platform: 'linux arm64', clockOffsetMs: -7 });
  });

  it('of a node comes with what it reported', async () => {
    const { id } = await insertNode('presence-node');
    await center.center.storageNodes.recordReport(id, {
      at: new Date(now),
      version: '2',
      url: 'https://node.example',
      totalBytes: 2n ** 53n - 1n,
      freeBytes: 5n,
      health: 'degraded',
      healthReason: 'the disk is slow',
      fileSystemId: null,
      transfersInFlight: 3,
      quotaLeftBytes: null,
      peakReceivedPerSecond: null,
    });
    const shown = async () => (await center.call('GET', `/storage-nodes/${id}`, { token })).as(storageNode);
    expect(await shown()).toMatchObject({
      ...{ online: true, totalBytes: 2 ** 53 - 1, freeBytes: 5, health: 'degraded' },
      ...{ healthReason: 'the disk is slow', transfersInFlight: 3, url: 'https://node.example' },
    });
    now += 15_001;
    expect((await shown()).online).toBe(false);
  });
});

describe('an agent', () => {
  it('is shown with its tasks, its last good backup and what is protected now', async () => {
    const { id, address } = await insertAgent('figures-1');
    const { db } = center.database;
    const copyOf = await insertCopy((await insertNode('figures-node')).id, 1n);
    await db.repository.update({ where: { id: copyOf }, data: { sourceAddress: address } });
    const task = await db.task.create({ data: { name: 't', sourceAddress: address, paths: ['/'] } });
    await db.task.create({
      data: { name: 'gone', sourceAddress: address, paths: ['/'], deletedAt: new Date(now) },
    });
    const run = (state: string, endedAt: Date) =>
      db.run.create({
        data: { kind: 'backup', sourceAddress: address, state, trigger: 'manual', order: {}, endedAt },
      });
    await run('succeeded', new Date(1_000_000));
    await run('partial', new Date(2_000_000));
    await run('failed', new Date(3_000_000));
    const snapshot = (n: number, taskId: string | null, bytes: bigint) =>
      db.snapshot.create({
        data: {
          ...{
            id: `${n}`,
            repositoryId: copyOf,
            taskId,
            sourceAddress: address,
            hostname: 'h',
            paths: ['/'],
          },
          ...{ tree: 't', time: 'x', recordedAt: new Date(n * 1000), bytes },
        },
      });
    await snapshot(1, task.id, 100n);
    await snapshot(2, task.id, 300n);
    await snapshot(3, null, 5n);
    const { json } = await center.call('GET', `/agents/${id}`, { token });
    expect(json).toMatchObject({
      ...{ taskCount: 1, repositoryId: copyOf, protectedBytes: 305 },
      // What was taken in part is no good backup, though there is something to restore.
      lastSuccessAt: new Date(1_000_000).toISOString(),
    });
  });
});

describe('a storage node', () => {
  it('is drained and taken back, with an event for each real change', async () => {
    const { id } = await insertNode('drained');
    const patch = (body: object) => center.call('PATCH', `/storage-nodes/${id}`, { token, body });
    expect((await patch({ draining: true })).as(storageNode).draining).toBe(true);
    expect((await patch({ draining: true })).as(storageNode).draining).toBe(true);
    expect((await patch({})).as(storageNode).draining).toBe(true);
    expect((await patch({ draining: false })).as(storageNode).draining).toBe(false);
    const { items } = (await center.call('GET', '/events', { token })).as(page(event));
    const kinds = items.filter((one) => one.subject?.id === id);
    expect(kinds.map((one) => one.kind)).toEqual(['node-in-use', 'node-draining']);
  });

  it('stays while it holds copies, and goes when it holds none', async () => {
    const { id } = await insertNode('removed');
    const repositoryId = await insertCopy(id, 123n);
    const removed: string[] = [];
    center.center.storageNodes.onRemoved((nodeId) => removed.push(nodeId));
    const refused = await center.call('DELETE', `/storage-nodes/${id}`, { token });
    expect([refused.status, refused.problem().detail]).toEqual([
      409,
      expect.stringContaining('holds 1 copy'),
    ]);
    const shown = (await center.call('GET', `/storage-nodes/${id}`, { token })).as(storageNode);
    expect([shown.copies, shown.usedByCopiesBytes, removed]).toEqual([1, 123, []]);
    await center.database.db.repository.delete({ where: { id: repositoryId } });
    expect((await center.call('DELETE', `/storage-nodes/${id}`, { token })).status).toBe(204);
    expect(removed).toEqual([id]);
    expect((await center.call('GET', `/storage-nodes/${id}`, { token })).status).toBe(404);
  });

  it('is listed by name, page by page', async () => {
    for (const name of ['z-1', 'z-2', 'z-3']) await insertNode(name);
    const all = (await center.call('GET', '/storage-nodes', { token })).as(page(storageNode)).items;
    const first = (await center.call('GET', `/storage-nodes?limit=${all.length - 1}`, { token })).as(
      page(storageNode),
    );
    const rest = (await center.call('GET', `/storage-nodes?cursor=${first.nextCursor}`, { token })).as(
      page(storageNode),
    );
    expect([...first.items, ...rest.items]).toEqual(all);
    expect(rest.nextCursor).toBeNull();
  });
});
