import type { RunReport } from '@breakwater/contract/agent-run';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type ContractAgent,
  type ContractNode,
  connectAgent,
  enrolAgent,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { dispatchRun } from './dispatch-run.ts';

let center: TestCenter;
let node: ContractNode;
let clock = 0;
const open: ContractAgent[] = [];
let servers = 0;

beforeAll(async () => {
  center = await startTestCenter({ now: () => Date.now() + clock });
  node = await startNode(center, 'alpha');
});
afterAll(async () => {
  node.close();
  await center.close();
});
afterEach(() => {
  clock = 0;
  for (const agent of open.splice(0)) agent.close();
});

const address = () => {
  servers += 1;
  return `server${servers}`;
};
async function agentThere(at = address()): Promise<ContractAgent> {
  const agent = await startAgent(center, at);
  open.push(agent);
  await node.heartbeat();
  return agent;
}
async function api(method: string, path: string, body?: unknown) {
  const { status, json } = await center.call(method, path, { token: center.admin.apiToken, body });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}
const task = (sourceAddress: string, more: object = {}) =>
  api('POST', '/tasks', { name: `Task of ${sourceAddress}`, sourceAddress, paths: ['/data'], ...more });
const runNow = async (taskId: string): Promise<string> => (await api('POST', `/tasks/${taskId}/runs`)).runId;
const get = (runId: string) => api('GET', `/runs/${runId}`);

/** Waits for the run as browsers are told of it: the state is read again at each change. */
async function until(runId: string, state: string) {
  return new Promise<Awaited<ReturnType<typeof get>>>((resolve, reject) => {
    const look = () =>
      get(runId).then((run) => {
        if (run.state !== state) return;
        detach();
        resolve(run);
      }, reject);
    const detach = center.center.live.attach((event, body) => {
      if (event === 'run' && (body as { run: { id: string } }).run.id === runId) void look();
    });
    void look();
  });
}

const started = (): RunReport => ({ type: 'started', at: Date.now() });
const SNAPSHOT = 'ab'.repeat(32);
const ended = (more: Partial<Extract<RunReport, { type: 'ended' }>> = {}): RunReport => ({
  type: 'ended',
  at: Date.now(),
  outcome: 'succeeded',
  reason: null,
  failure: null,
  nodeId: node.id,
  snapshotId: null,
  snapshot: null,
  stats: { filesNew: 2, bytesProcessed: 1000, bytesStored: 400 },
  issues: [],
  issueCount: 0,
  progress: null,
  speedCurve: [],
  ...more,
});
const snapshotOf = (id: string) => ({
  snapshotId: id,
  snapshot: {
    id,
    time: '2026-11-22T10:00:00Z',
    hostname: 'server',
    paths: ['/data'],
    tree: 'cd'.repeat(32),
    tags: [],
    parent: null,
  },
});

describe('dispatch', () => {
  it('sends a run to the agent of its address, with repository, nodes and tokens, and follows it to the end', async () => {
    const agent = await agentThere();
    const { id } = await task(agent.address, { excludes: ['*.tmp'] });
    const runId = await runNow(id);
    await until(runId, 'dispatched');
    const order = agent.orders[0] ?? (await agent.nextOrder());
    expect(order).toMatchObject({
      kind: 'backup',
      runId,
      attempt: 1,
      hostname: agent.address,
      paths: ['/data'],
      excludes: ['*.tmp'],
      strategy: 'finish-first',
    });
    expect(order.repository.password).toHaveLength(43);
    expect(order.nodes).toMatchObject([
      { nodeName: 'alpha', refusal: null, hasCopy: false, bytesToSend: null, freeBytes: 5e11 - 1e9 },
    ]);
    await agent.report(order, started());
    expect(await get(runId)).toMatchObject({ state: 'running', startedAt: expect.any(String) });
    await agent.report(order, ended(snapshotOf(SNAPSHOT)));
    expect(await get(runId)).toMatchObject({
      state: 'succeeded',
      snapshotId: SNAPSHOT,
      stats: { bytesStored: 400 },
    });
    const catalog = await center.database.db.snapshot.findUniqueOrThrow({
      where: { id: SNAPSHOT },
      include: { copies: true },
    });
    expect(catalog).toMatchObject({ runId, sourceAddress: agent.address, storedBytes: 400n, files: 2n });
    expect(catalog.copies).toMatchObject([{ nodeId: node.id }]);
  });

  it('stops a run whose agent is silent, with the reason', async () => {
    const agent = await agentThere();
    const { id } = await task(agent.address);
    agent.close();
    clock = 47_000;
    await node.heartbeat();
    const run = await until(await runNow(id), 'stopped');
    expect(run.reason).toMatch(/^no heartbeat for 4[78] s$/);
    expect(agent.orders).toEqual([]);
    // The event follows the state, which the API already tells.
    await vi.waitFor(async () => {
      const events = await center.database.db.event.findMany({ where: { subjectId: run.id } });
      expect(events).toMatchObject([{ kind: 'backup-missed', level: 'error' }]);
    });
  });

  it('lets a run wait for a silent agent and sends it when the agent is back', async () => {
    const at = address();
    const enrolled = await enrolAgent(center, at);
    const { id } = await task(at, { ifAgentSilent: 'wait' });
    const runId = await runNow(id);
    expect((await until(runId, 'waiting')).reason).toBe('no heartbeat yet');
    // Asked for again while it waits, it stays one run.
    expect(await api('POST', `/tasks/${id}/runs`)).toEqual({ runId, coalesced: true });
    await node.heartbeat();
    const agent = await connectAgent(center, { ...enrolled, address: at });
    open.push(agent);
    const order = agent.orders[0] ?? (await agent.nextOrder());
    expect(order).toMatchObject({ runId, attempt: 1 });
  });

  it('does not dispatch to a clock that is more than five minutes off', async () => {
    const agent = await agentThere();
    await agent.heartbeat({ clockOffsetMs: 6 * 60_000 });
    const { id } = await task(agent.address, { ifAgentSilent: 'wait' });
    const run = await until(await runNow(id), 'stopped');
    expect(run.reason).toBe("the agent's clock is 6 min ahead");
    expect(agent.orders).toEqual([]);
  });

  it('gives an agent one backup at a time, and the next when that has ended', async () => {
    const agent = await agentThere();
    const first = await runNow((await task(agent.address)).id);
    const order = agent.orders[0] ?? (await agent.nextOrder());
    const second = await runNow((await task(agent.address, { name: 'another' })).id);
    expect((await until(second, 'waiting')).reason).toBe('another backup runs on this server');
    const next = agent.nextOrder();
    await agent.report(order, ended());
    expect(await get(first)).toMatchObject({ state: 'succeeded' });
    expect(await next).toMatchObject({ runId: second });
  });

  it('lets racing dispatchers send one order', async () => {
    const agent = await agentThere();
    const { id } = await task(agent.address, { ifAgentSilent: 'wait' });
    const run = await center.database.db.run.create({
      data: {
        kind: 'backup',
        taskId: id,
        sourceAddress: agent.address,
        trigger: 'manual',
        order: {
          kind: 'backup',
          paths: ['/data'],
          excludes: [],
          strategy: 'finish-first',
          pinnedNodeId: null,
        },
      },
    });
    const results = await Promise.all(Array.from({ length: 12 }, () => dispatchRun(center.center, run.id)));
    expect(results.filter(({ result }) => result === 'sent')).toHaveLength(1);
    expect(agent.orders.filter((order) => order.runId === run.id)).toHaveLength(1);
    expect((await get(run.id)).attempt).toBe(1);
  });

  it('takes an order that the agent turned down back, and sends it again as the next attempt', async () => {
    const agent = await agentThere();
    agent.respond = () => ({ accepted: false, reason: 'still cleaning up' });
    const { id } = await task(agent.address);
    const runId = await runNow(id);
    expect((await until(runId, 'waiting')).reason).toBe('the agent turned the order down: still cleaning up');
    agent.respond = () => ({ accepted: true, reason: null });
    const again = agent.nextOrder();
    await agent.heartbeat();
    await dispatchRun(center.center, runId);
    expect(await again).toMatchObject({ runId, attempt: 2 });
  });

  it('fails a run when no node can take it, naming each', async () => {
    const agent = await agentThere();
    const { id } = await task(agent.address);
    await api('PATCH', `/storage-nodes/${node.id}`, { draining: true });
    try {
      const run = await until(await runNow(id), 'failed');
      expect(run).toMatchObject({
        reason: 'no storage node can take this backup (alpha: draining)',
        failure: { code: 'no-node' },
      });
    } finally {
      await api('PATCH', `/storage-nodes/${node.id}`, { draining: false });
    }
  });
});
