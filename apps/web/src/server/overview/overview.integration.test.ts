import { agent as agentShape, overview, page, storageNode } from '@breakwater/contract/resources';
import { task, taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ContractAgent,
  type ContractNode,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let node: ContractNode;
let agent: ContractAgent;

beforeAll(async () => {
  center = await startTestCenter();
  node = await startNode(center, 'alpha');
  agent = await startAgent(center, 'web-1');
  await node.heartbeat();
});
afterAll(async () => {
  agent.close();
  node.close();
  await center.close();
});

async function api<S extends z.ZodType>(method: string, path: string, answer: S, body?: unknown) {
  return (await center.call(method, path, { token: center.admin.apiToken, body })).as(answer);
}

async function taskThatEnded(name: string, state: string): Promise<string> {
  const { id } = await api('POST', '/tasks', taskAnswer, {
    name,
    sourceAddress: agent.address,
    paths: ['/data'],
  });
  const run = { kind: 'backup', taskId: id, sourceAddress: agent.address, trigger: 'manual', order: {} };
  await center.database.db.run.create({ data: { ...run, state, endedAt: new Date() } });
  return id;
}

const server = async () => (await api('GET', '/overview?timeZone=UTC', overview)).servers[0];

it('is not coloured by the runs of a task that is gone', async () => {
  await taskThatEnded('Kept', 'succeeded');
  const gone = await taskThatEnded('Gone', 'failed');
  const before = await server();
  expect(before?.state).toBe('failing');
  expect(before?.days.at(-1)).toMatchObject({ state: 'failed', runs: 2 });
  await api('DELETE', `/tasks/${gone}`, z.null());
  const after = await server();
  expect(after?.state).toBe('ok');
  expect(after?.days.at(-1)).toMatchObject({ state: 'ok', runs: 1 });
});

it('counts as the last good backup only one that read everything', async () => {
  const shown = async (taskId: string) => [
    (await api('GET', `/tasks/${taskId}`, task)).lastSuccessAt,
    (await api('GET', '/agents', page(agentShape))).items.find((one) => one.id === other.id)?.lastSuccessAt,
    (await api('GET', '/overview?timeZone=UTC', overview)).servers.find(
      (one) => one.address === other.address,
    )?.lastSuccessAt,
  ];
  const other = await startAgent(center, 'web-2');
  const { id } = await api('POST', '/tasks', taskAnswer, {
    name: 'Cut',
    sourceAddress: other.address,
    paths: ['/data'],
  });
  const run = { kind: 'backup', taskId: id, sourceAddress: other.address, trigger: 'manual', order: {} };
  const { db } = center.database;
  await db.run.create({ data: { ...run, state: 'partial', endedAt: new Date(1_790_000_000_000) } });
  expect(await shown(id)).toEqual([null, null, null]);
  const good = new Date(1_789_000_000_000);
  await db.run.create({ data: { ...run, state: 'succeeded', endedAt: good } });
  expect(await shown(id)).toEqual(Array(3).fill(good.toISOString()));
  other.close();
});

it('adds up a disk once, however many nodes are on it', async () => {
  const capacity = { totalBytes: 10_000, freeBytes: 4000, reserveBytes: 0 };
  const onOneDisk = [await startNode(center, 'beta'), await startNode(center, 'gamma')];
  await node.heartbeat({ capacity });
  for (const one of onOneDisk) await one.heartbeat({ capacity, fileSystemId: 'one' });
  const { storage } = await api('GET', '/overview?timeZone=UTC', overview);
  expect(storage).toMatchObject({ totalBytes: 20_000, freeBytes: 8000, nodes: 3 });
  const nodes = (await api('GET', '/storage-nodes', page(storageNode))).items;
  expect(nodes.map((one) => one.fileSystemId)).toEqual([null, 'one', 'one']);
  for (const one of onOneDisk) one.close();
});
