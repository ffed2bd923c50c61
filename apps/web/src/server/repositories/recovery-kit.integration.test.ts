import { createHash } from 'node:crypto';
import { overview, recoveryKit, repository } from '@breakwater/contract/resources';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  type ContractAgent,
  type ContractNode,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

const MONDAY = 1_790_000_000_000;
const HOUR = 3_600_000;

let center: TestCenter;
let nodes: ContractNode[];
let agent: ContractAgent;
let repositoryId: string;

beforeAll(async () => {
  center = await startTestCenter();
  nodes = [
    await startNode(center, 'alpha'),
    await startNode(center, 'beta'),
    await startNode(center, 'gamma'),
  ];
  for (const { name, socket } of nodes) {
    socket.on('locate', (_asked, ack) =>
      ack({ ok: true, body: { path: `/${name}/${repositoryId}`, exists: true } }),
    );
  }
  agent = await startAgent(center, 'web-1');
  const made = await api('POST', '/repositories', repository, { sourceAddress: agent.address });
  repositoryId = made.id;
});
afterAll(async () => {
  agent.close();
  for (const node of nodes) node.close();
  await center.close();
});

async function api<S extends z.ZodType>(method: string, path: string, answer: S, body?: unknown) {
  return (await center.call(method, path, { token: center.admin.apiToken, body })).as(answer);
}

/** A snapshot in the catalog, on the copy of one node. */
async function snapshotOn(
  nodeName: string,
  snapshot: { taskId: string | null; hoursLater: number; paths?: string[] },
): Promise<string> {
  const { db } = center.database;
  const { id: nodeId } = await db.storageNode.findFirstOrThrow({ where: { name: nodeName } });
  await db.copy.createMany({ data: [{ repositoryId, nodeId }], skipDuplicates: true });
  const { taskId, hoursLater, paths = ['/data'] } = snapshot;
  const id = createHash('sha256').update(`${nodeName} ${taskId} ${hoursLater}`).digest('hex');
  const at = new Date(MONDAY + hoursLater * HOUR);
  await db.snapshot.create({
    data: {
      ...{ id, repositoryId, taskId, paths, tree: '0'.repeat(64), hostname: 'web-1' },
      ...{ time: at.toISOString(), recordedAt: at, sourceAddress: agent.address },
    },
  });
  await db.snapshotCopy.create({ data: { snapshotId: id, repositoryId, nodeId } });
  return id;
}

const kitNow = () => api('GET', `/repositories/${repositoryId}/recovery-kit`, recoveryKit);
const nodesNow = async () => (await kitNow()).copies.map((copy) => copy.node);
const confirm = () => api('POST', `/repositories/${repositoryId}/recovery-kit/confirmation`, repository);
async function confirmedNow(): Promise<boolean> {
  const { kitConfirmedAt } = await api('GET', `/repositories/${repositoryId}`, repository);
  const { reminders } = await api('GET', '/overview?timeZone=UTC', overview);
  const asked = reminders.some((one) => one.kind === 'recovery-kit' && one.subjectId === repositoryId);
  expect(asked).toBe(kitConfirmedAt === null);
  return kitConfirmedAt !== null;
}

const ONE = '0190a3f0-0000-7000-8000-000000000001';
const TWO = '0190a3f0-0000-7000-8000-000000000002';

it('leads to the newest snapshot of every task, wherever its copy lies, and is asked for again when that changes', async () => {
  expect(await confirmedNow()).toBe(false);
  await confirm();
  expect(await confirmedNow()).toBe(true);

  const older = await snapshotOn('alpha', { taskId: ONE, hoursLater: 0 });
  const first = await snapshotOn('alpha', { taskId: ONE, hoursLater: 1 });
  expect(await confirmedNow()).toBe(false);
  await confirm();
  expect(await confirmedNow()).toBe(true);

  const second = await snapshotOn('beta', { taskId: TWO, hoursLater: 2 });
  expect(await confirmedNow()).toBe(false);
  const kit = await kitNow();
  expect(kit.copies.map((copy) => copy.path)).toEqual([`/beta/${repositoryId}`, `/alpha/${repositoryId}`]);
  const restores = kit.commands.join('\n');
  expect(restores).toMatch(new RegExp(`-r /beta/${repositoryId} --no-lock restore ${second.slice(0, 8)} `));
  expect(restores).toMatch(new RegExp(`-r /alpha/${repositoryId} --no-lock restore ${first.slice(0, 8)} `));
  expect(restores).not.toContain(older.slice(0, 8));
  await confirm();

  // Both copies are in the kit that is kept: that the tasks change places is no news.
  await snapshotOn('beta', { taskId: ONE, hoursLater: 3 });
  expect(await nodesNow()).toEqual(['beta']);
  await snapshotOn('alpha', { taskId: TWO, hoursLater: 4 });
  expect(await nodesNow()).toEqual(['alpha', 'beta']);
  expect(await confirmedNow()).toBe(true);

  await snapshotOn('gamma', { taskId: null, hoursLater: -5, paths: ['/by-hand'] });
  expect(await nodesNow()).toEqual(['alpha', 'beta', 'gamma']);
  expect(await confirmedNow()).toBe(false);
});

it('is asked for again when a node it names is somewhere else', async () => {
  await confirm();
  expect(await confirmedNow()).toBe(true);
  const beta = nodes[1];
  await beta?.heartbeat({ url: 'http://127.0.0.2:9' });
  expect(await confirmedNow()).toBe(false);
  expect((await kitNow()).copies.map(({ url }) => url)).toContain(`http://127.0.0.2:9/${repositoryId}/`);
  await confirm();
  expect(await confirmedNow()).toBe(true);
  await beta?.heartbeat();
  expect(await confirmedNow()).toBe(false);

  // What a kit from before URLs were noted says of them is not known.
  await center.database.db.repository.update({
    where: { id: repositoryId },
    data: { kitUrls: [] },
  });
  expect(await confirmedNow()).toBe(true);
});
