import { NO_HOOKS } from '@breakwater/contract/source-commands';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ContractNode, enrolAgent, startNode } from '../links/testing/contract-peers.ts';
import { catalogSnapshot } from '../snapshots/catalog-snapshot.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { planNodes } from './run-nodes.ts';

type Name = 'a' | 'b' | 'c';
type TaskName = 'big' | 'tiny';
/** A run of a task that went to a node: what it read and what it had to store. */
type Past = [task: TaskName, node: Name, bytes: number, storedBytes: number];

let center: TestCenter;
let nodes: Record<Name, ContractNode>;
let servers = 0;

beforeAll(async () => {
  center = await startTestCenter();
  const node = (name: string) => startNode(center, `node-${name}`);
  nodes = { a: await node('a'), b: await node('b'), c: await node('c') };
});
afterAll(async () => {
  for (const node of Object.values(nodes)) node.close();
  await center.close();
});

async function call(path: string, body: object): Promise<string> {
  const made = await center.call('POST', path, { token: center.admin.apiToken, body });
  return made.as(z.object({ id: z.string() })).id;
}

/** What each node is told to lack of the next run of a task, after `past` in the one repository of a server. */
async function lacking(task: TaskName, past: readonly Past[]): Promise<Record<Name, number | null>> {
  servers += 1;
  const sourceAddress = `server${servers}`;
  const agent = await enrolAgent(center, sourceAddress);
  const taskOf = (name: TaskName): Promise<string> =>
    call('/tasks', { name, sourceAddress, paths: [`/${name}`] });
  const tasks: Record<TaskName, string> = { big: await taskOf('big'), tiny: await taskOf('tiny') };
  const repositoryId = await call('/repositories', { sourceAddress });
  const { db } = center.database;
  let at = Date.now();
  for (const [name, node, bytes, storedBytes] of past) {
    at += 1000;
    await catalogSnapshot(db, {
      id: randomBytes(32).toString('hex'),
      repositoryId,
      nodeId: nodes[node].id,
      taskId: tasks[name],
      runId: randomUUID(),
      sourceAddress,
      hostname: sourceAddress,
      paths: [`/${name}`],
      command: null,
      tree: 'cd'.repeat(32),
      time: new Date(at).toISOString(),
      files: 1,
      bytes,
      storedBytes,
      partial: false,
      at: new Date(at),
    });
    const where = { repositoryId_nodeId: { repositoryId, nodeId: nodes[node].id } };
    await db.copy.update({ where, data: { bytes: { increment: storedBytes } } });
  }
  const planned = await planNodes(center.center, {
    ask: {
      kind: 'backup',
      paths: [`/${task}`],
      commands: [],
      hooks: NO_HOOKS,
      excludes: [],
      strategy: 'finish-first',
      pinnedNodeId: null,
    },
    taskId: tasks[task],
    repositoryId,
    agentId: agent.id,
  });
  const of = (name: Name) => planned.find((node) => node.nodeId === nodes[name].id)?.bytesToSend ?? null;
  return { a: of('a'), b: of('b'), c: of('c') };
}

const FULL = 1_680_000_000;
const GUESS = FULL / 20;

describe('what each node lacks of a backup', () => {
  it.each<{ story: string; task: TaskName; past: Past[]; lacks: Record<Name, number | null> }>([
    {
      story: 'is unknown before the first run of the task',
      task: 'big',
      past: [],
      lacks: { a: null, b: null, c: null },
    },
    {
      story: 'is unknown before the first run of the task, whatever another task has left there',
      task: 'tiny',
      past: [['big', 'c', FULL, FULL]],
      lacks: { a: null, b: null, c: null },
    },
    {
      story: 'is least where the full data lies',
      task: 'big',
      past: [['big', 'c', FULL, FULL]],
      lacks: { a: FULL, b: FULL, c: GUESS },
    },
    {
      story: 'stays so when a tiny task has then run to another node',
      task: 'big',
      past: [
        ['big', 'c', FULL, FULL],
        ['tiny', 'a', 2000, 1500],
      ],
      lacks: { a: FULL, b: FULL, c: GUESS },
    },
    {
      story: 'stays so when a tiny task was on that node first, and then ran to another',
      task: 'big',
      past: [
        ['tiny', 'c', 2000, 1500],
        ['big', 'c', FULL, FULL],
        ['tiny', 'a', 2000, 1500],
      ],
      lacks: { a: FULL, b: FULL, c: GUESS },
    },
    {
      story: 'is the median of what later runs stored',
      task: 'big',
      past: [
        ['tiny', 'c', 2000, 1500],
        ['big', 'c', FULL, FULL],
        ['big', 'c', FULL, 3000],
        ['tiny', 'c', 2000, 10],
        ['big', 'c', FULL, 9000],
        ['big', 'c', FULL, 5000],
      ],
      lacks: { a: FULL, b: FULL, c: 5000 },
    },
    {
      story: 'is little for a tiny task beside the big one',
      task: 'tiny',
      past: [
        ['big', 'c', FULL, FULL],
        ['tiny', 'a', 2000, 2000],
      ],
      lacks: { a: 100, b: 2000, c: 2000 },
    },
  ])('$story', async ({ task, past, lacks }) => {
    expect(await lacking(task, past)).toEqual(lacks);
  });
});
