import { randomUUID } from 'node:crypto';
import type { RunOrder, RunReport } from '@breakwater/contract/agent-run';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reconcileRuns } from '../dispatch/reconcile-runs.ts';
import {
  type ContractAgent,
  type ContractNode,
  connectAgent,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { SILENT_MS } from './judge-lost-run.ts';

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

async function api(method: string, path: string, body?: unknown) {
  const { status, json } = await center.call(method, path, { token: center.admin.apiToken, body });
  return { status, json };
}
const get = async (runId: string) => (await api('GET', `/runs/${runId}`)).json;

/** A run that an agent has taken. */
async function runInHand(): Promise<{ agent: ContractAgent; order: RunOrder; taskId: string }> {
  servers += 1;
  const agent = await startAgent(center, `server${servers}`);
  open.push(agent);
  await node.heartbeat();
  const body = { name: 'Task', sourceAddress: agent.address, paths: ['/data'], ifAgentSilent: 'wait' };
  const taskId = (await api('POST', '/tasks', body)).json.id;
  const sent = agent.nextOrder();
  await api('POST', `/tasks/${taskId}/runs`);
  return { agent, order: await sent, taskId };
}
const started = (): RunReport => ({ type: 'started', at: Date.now() });
const ended = (more: Partial<Extract<RunReport, { type: 'ended' }>> = {}): RunReport => ({
  type: 'ended',
  at: Date.now(),
  outcome: 'succeeded',
  reason: null,
  failure: null,
  nodeId: node.id,
  snapshotId: null,
  snapshot: null,
  stats: {},
  issues: [],
  issueCount: 0,
  progress: null,
  speedCurve: [],
  ...more,
});
function snapshot(id: string) {
  const facts = { id, time: '2026-11-22T10:00:00Z', hostname: 'h', paths: ['/data'], tree: 'cd'.repeat(32) };
  return { snapshotId: id, snapshot: { ...facts, tags: [], parent: null } };
}
const hex = () => randomUUID().replaceAll('-', '').repeat(2);

describe('reports', () => {
  it('take effect once, however often they are delivered', async () => {
    const { agent, order } = await runInHand();
    const note: RunReport = { type: 'note', at: Date.now(), level: 'warn', message: 'the disk is slow' };
    for (let i = 0; i < 3; i += 1) expect((await agent.report(order, note, 7)).ok).toBe(true);
    expect((await get(order.runId)).log).toHaveLength(1);
    const outcome = ended(snapshot(hex()));
    await Promise.all(Array.from({ length: 5 }, () => agent.report(order, outcome, 8)));
    expect((await get(order.runId)).state).toBe('succeeded');
    const events = await center.database.db.event.count({
      where: { subjectId: order.runId, kind: 'backup-succeeded' },
    });
    expect(events).toBe(1);
  });

  it('keep rankings, issues, stats and the failure for the run page', async () => {
    const { agent, order } = await runInHand();
    await agent.report(order, started());
    const ranked = {
      nodeId: node.id,
      nodeName: 'alpha',
      bytesPerSecond: 1e6,
      bytesToSend: null,
      finishSeconds: null,
      verdict: 'chosen' as const,
      reason: 'fastest at 1.0 MB/s',
    };
    const placement = {
      chosen: { nodeId: node.id, nodeName: 'alpha' },
      strategy: 'finish-first' as const,
      ranking: [ranked],
      failOver: false,
    };
    await agent.report(order, { type: 'placed', at: Date.now(), placement });
    const issue = { path: '/data/x', during: 'read' as const, code: 'unreadable' as const, message: 'no' };
    const failure = { code: 'node-full' as const, message: 'alpha is full', retryable: true };
    await agent.report(order, ended({ outcome: 'failed', failure, issues: [issue], issueCount: 1 }));
    expect(await get(order.runId)).toMatchObject({
      state: 'failed',
      reason: 'alpha is full',
      failure,
      issues: [issue],
      issueCount: 1,
      placement: { chosen: { nodeName: 'alpha' } },
      placements: [{ ranking: [ranked] }],
    });
  });

  it('of an attempt that has been given up change nothing, but their snapshot is real and is cataloged', async () => {
    const { agent, order } = await runInHand();
    await api('POST', `/runs/${order.runId}/cancel`);
    await agent.report(order, ended({ outcome: 'cancelled' }));
    const id = hex();
    expect((await agent.report(order, ended(snapshot(id)))).ok).toBe(true);
    expect(await get(order.runId)).toMatchObject({ state: 'cancelled', snapshotId: null });
    expect((await api('GET', `/snapshots/${id}`)).json).toMatchObject({ id, runId: order.runId });
  });

  it('of another agent, of another attempt to come, or of no run are set aside', async () => {
    const { order } = await runInHand();
    const { agent: other } = await runInHand();
    expect((await other.report(order, ended())).ok).toBe(true);
    expect((await other.report({ runId: randomUUID(), attempt: 1 }, ended())).ok).toBe(true);
    expect((await open[0]?.report({ runId: order.runId, attempt: 2 }, ended()))?.ok).toBe(true);
    expect((await get(order.runId)).state).toBe('dispatched');
  });

  it('that name a node which is no longer enrolled do not get stuck in the outbox', async () => {
    const { agent, order } = await runInHand();
    const reply = await agent.report(order, ended({ nodeId: randomUUID(), ...snapshot(hex()) }));
    expect(reply.ok).toBe(true);
    expect((await get(order.runId)).state).toBe('succeeded');
  });

  it('that are malformed are refused, naming the field', async () => {
    const { agent, order } = await runInHand();
    const reply = await agent.send('report', {
      seq: 1,
      runId: order.runId,
      attempt: 1,
      report: { type: 'ended' },
    });
    expect(reply).toMatchObject({ ok: false, failure: { code: 'invalid-request' } });
    expect((await get(order.runId)).state).toBe('dispatched');
  });
});

describe('progress', () => {
  const progress = (bytesDone: number) => ({
    phase: 'transferring' as const,
    filesDone: 1,
    bytesDone,
    filesTotal: null,
    bytesTotal: null,
    bytesSent: bytesDone,
    bytesPerSecond: 5,
    sentPerSecond: 4,
    etaSeconds: null,
    currentFile: null,
    nodeName: 'alpha',
    errors: 0,
    note: null,
  });

  it('is kept with the run, so that a reload finds it, and only from the agent that has it', async () => {
    const { agent, order } = await runInHand();
    const { agent: other } = await runInHand();
    await agent.send('progress', { runId: order.runId, attempt: 1, progress: progress(100) });
    await other.send('progress', { runId: order.runId, attempt: 1, progress: progress(999) });
    const run = await get(order.runId);
    expect(run.progress).toMatchObject({ bytesDone: 100 });
    expect(run.speedCurve).toMatchObject([{ bytesPerSecond: 4, nodeName: 'alpha' }]);
  });
});

describe('cancel', () => {
  it('ends a waiting run at once', async () => {
    const { agent, order, taskId } = await runInHand();
    const second = (await api('POST', `/tasks/${taskId}/runs`)).json.runId;
    expect(second).not.toBe(order.runId);
    const { status, json } = await api('POST', `/runs/${second}/cancel`);
    expect([status, json.state]).toEqual([202, 'cancelled']);
    expect(agent.cancels).toEqual([]);
    expect((await api('POST', `/runs/${second}/cancel`)).json.code).toBe('conflict');
  });

  it.each(['dispatched', 'running'])(
    'tells the agent of a run that is %s, which then ends it',
    async (state) => {
      const { agent, order } = await runInHand();
      if (state === 'running') await agent.report(order, started());
      const heard = agent.nextCancel();
      const { json } = await api('POST', `/runs/${order.runId}/cancel`);
      expect(json).toMatchObject({ state, reason: expect.stringContaining('cancelled by') });
      expect(await heard).toBe(order.runId);
      await agent.report(order, ended({ outcome: 'cancelled', reason: 'cancelled' }));
      expect((await get(order.runId)).state).toBe('cancelled');
    },
  );

  it('reaches an agent that was away when it is back', async () => {
    const { agent, order } = await runInHand();
    await agent.report(order, started());
    agent.close();
    clock = 20_000;
    await node.heartbeat();
    expect((await api('POST', `/runs/${order.runId}/cancel`)).json.state).toBe('running');
    const back = await connectAgent(center, agent, {
      state: 'busy',
      runs: [{ runId: order.runId, attempt: 1 }],
    });
    open.push(back);
    expect(back.cancels[0] ?? (await back.nextCancel())).toBe(order.runId);
  });
});

describe('reconciliation', () => {
  it('gives an order that never arrived out again', async () => {
    servers += 1;
    const agent = await startAgent(center, `server${servers}`);
    open.push(agent);
    await node.heartbeat();
    agent.respond = () => 'silence';
    const body = { name: 'Task', sourceAddress: agent.address, paths: ['/data'], ifAgentSilent: 'wait' };
    const taskId = (await api('POST', '/tasks', body)).json.id;
    const first = agent.nextOrder();
    await api('POST', `/tasks/${taskId}/runs`);
    const { runId } = await first;
    agent.respond = () => ({ accepted: true, reason: null });
    const again = agent.nextOrder();
    clock = 70_000;
    await node.heartbeat();
    await agent.heartbeat();
    await reconcileRuns(center.center);
    expect(await again).toMatchObject({ runId, attempt: 2 });
    // Whatever the first attempt still says is too late.
    await agent.report({ runId, attempt: 1 }, ended());
    expect((await get(runId)).state).toBe('dispatched');
  });

  it('keeps a run that heartbeats list, and fails one that its agent has lost', async () => {
    const { agent, order } = await runInHand();
    await agent.report(order, started());
    clock = 70_000;
    await agent.heartbeat({ state: 'busy', runs: [{ runId: order.runId, attempt: 1 }] });
    await reconcileRuns(center.center);
    expect((await get(order.runId)).state).toBe('running');
    clock = 140_000;
    await agent.heartbeat();
    await reconcileRuns(center.center);
    expect(await get(order.runId)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
    const revoked = await center.database.db.revokedToken.findMany({
      where: { jti: { contains: order.runId } },
    });
    expect(revoked).toMatchObject([{ jti: `run.${order.runId}.1.${node.id}` }]);
  });

  it('waits for an agent that is away until its tokens have run out', async () => {
    const { agent, order } = await runInHand();
    await agent.report(order, started());
    const gone = new Promise((resolve) => agent.socket.once('disconnect', resolve));
    agent.close();
    await gone;
    await expect.poll(() => center.center.links.agentConnected(agent.id)).toBe(false);
    clock = SILENT_MS - 60_000;
    await reconcileRuns(center.center);
    expect((await get(order.runId)).state).toBe('running');
    clock = SILENT_MS + 60_000;
    await reconcileRuns(center.center);
    expect((await get(order.runId)).reason).toBe('no word from the agent for 13 h');
  });

  it('ends the runs of an agent that is released, and its tokens', async () => {
    const { agent, order } = await runInHand();
    const told = node.nextRevocations();
    const gone = new Promise((resolve) => agent.socket.once('disconnect', resolve));
    expect((await api('DELETE', `/agents/${agent.id}`)).status).toBe(204);
    await gone;
    await told;
    await expect.poll(async () => (await get(order.runId)).state).toBe('failed');
    expect((await get(order.runId)).reason).toBe('the agent was released');
  });
});
