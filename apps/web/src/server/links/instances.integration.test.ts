import { BROWSER_NAMESPACE } from '@breakwater/contract/browser-events';
import { createLogger } from '@breakwater/process/logger';
import { startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCenter, startCenter } from '../start-center.ts';
import { callApi, startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { hasRedis, startRedis, type TestRedis, withRedis } from '../testing/start-redis.ts';
import { connect, connectAgent, connected, enrolAgent, startNode } from './testing/contract-peers.ts';

const sockets: { disconnect(): unknown }[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

/** Another instance on the same database (and Redis, if any). */
const running = new Map<string, RunningCenter>();
async function another(first: TestCenter): Promise<RunningCenter> {
  const instance = await startCenter({
    config: { ...first.center.config, port: 0 },
    logger: createLogger('test-instance', 'fatal'),
    now: first.center.now,
  });
  running.set(instance.url, instance);
  return instance;
}
const close = async ({ url }: { url: string }) => running.get(url)?.close();

/** The same database and admin, at another instance. */
const at = (first: TestCenter, { url, center }: RunningCenter): TestCenter => ({
  ...first,
  url,
  center,
  call: (method, path, options) => callApi(url, method, path, options),
});

const api = (center: TestCenter, method: string, path: string, body?: unknown) =>
  center.call(method, path, { token: center.admin.apiToken, body });
/** Makes a task of this server and runs it now. */
async function runOf(center: TestCenter, name: string, sourceAddress: string): Promise<string> {
  const made = await api(center, 'POST', '/tasks', { name, sourceAddress, paths: ['/data'] });
  const started = await api(center, 'POST', `/tasks/${made.as(taskAnswer).id}/runs`);
  return started.as(startRunAnswer).runId;
}
const ended = (nodeId: string) => ({
  type: 'ended' as const,
  at: Date.now(),
  outcome: 'succeeded' as const,
  reason: null,
  failure: null,
  nodeId,
  snapshotId: null,
  snapshot: null,
  stats: {},
  issues: [],
  issueCount: 0,
  progress: null,
  speedCurve: [],
});

describe.skipIf(!hasRedis())(withRedis('two instances on one Redis'), () => {
  let redis: TestRedis;
  let first: TestCenter;
  let second: RunningCenter;
  beforeAll(async () => {
    redis = await startRedis();
    first = await startTestCenter({ config: { redisUrl: redis.url } });
    second = await another(first);
  });
  afterAll(async () => {
    await second.close();
    await first.close();
    await redis.stop();
  });
  const onSecond = () => at(first, second);

  it('reach an agent wherever it is connected, and browsers everywhere', async () => {
    const enrolled = { ...(await enrolAgent(first, 'far.test')), address: 'far.test' };
    const agent = await connectAgent(onSecond(), enrolled);
    const node = await startNode(first, 'alpha');
    sockets.push(agent.socket, node.socket);
    agent.socket.on('browse', (_body, ack) =>
      ack({ ok: true, body: { path: '/', entries: [], truncated: false } }),
    );
    expect(await first.center.links.agentConnected(agent.id)).toBe(true);
    // Its heartbeats may be known here already; its connection is the other's.
    expect(first.center.links.presence(agent.id)?.connectedSince ?? null).toBeNull();
    const files = await api(first, 'GET', `/agents/${agent.id}/files?path=/`);
    expect(files.json).toEqual({ path: '/', entries: [], truncated: false });

    const browser = connect(first, BROWSER_NAMESPACE, { token: first.admin.apiToken });
    sockets.push(browser);
    await connected(browser);
    const succeeded = new Promise((resolve) => {
      browser.on('run', ({ run }) => {
        if (run.state === 'succeeded') resolve(run.id);
      });
    });
    const sent = agent.nextOrder();
    await runOf(first, 'Far', agent.address);
    const order = await sent;
    await agent.report(order, ended(node.id));
    expect(await succeeded).toBe(order.runId);
  });

  it('keep one connection of an agent between them', async () => {
    const enrolled = { ...(await enrolAgent(first, 'mover.test')), address: 'mover.test' };
    const here = await connectAgent(first, enrolled);
    const gone = new Promise((resolve) => here.socket.once('disconnect', resolve));
    const there = await connectAgent(onSecond(), enrolled);
    sockets.push(there.socket);
    expect(await gone).toBe('io server disconnect');
    await there.heartbeat();
    await expect.poll(() => first.center.links.presence(there.id)?.connectedSince ?? null).toBeNull();
    expect(await first.center.links.agentConnected(there.id)).toBe(true);
  });
});

describe('a restart of the control center', () => {
  let clock = 0;
  let first: TestCenter;
  beforeAll(async () => {
    first = await startTestCenter({ now: () => Date.now() + clock });
    // It only lends its database: the jobs are for those that are started and stopped here.
    await first.center.jobs.close();
  });
  afterAll(() => first.close());

  it('leaves a run in hand alone: progress goes on and the outcome is taken', async () => {
    const before = at(first, await another(first));
    const enrolled = { ...(await enrolAgent(before, 'steady.test')), address: 'steady.test' };
    const agent = await connectAgent(before, enrolled);
    const node = await startNode(before, 'alpha');
    const sent = agent.nextOrder();
    await runOf(before, 'S', agent.address);
    const order = await sent;
    await agent.report(order, { type: 'started', at: Date.now() });
    await close(before);
    clock = 100_000;

    const after = at(first, await another(first));
    const runs = [{ runId: order.runId, attempt: 1 }];
    const back = await connectAgent(after, enrolled, { state: 'busy', runs });
    sockets.push(back.socket, node.socket);
    const progress = {
      phase: 'transferring',
      filesDone: 5,
      bytesDone: 500,
      filesTotal: null,
      bytesTotal: null,
      bytesSent: 400,
      bytesPerSecond: 5,
      sentPerSecond: 4,
      etaSeconds: null,
      currentFile: null,
      nodeName: 'alpha',
      errors: 0,
      note: null,
    };
    await back.send('progress', { runId: order.runId, attempt: 1, progress });
    const run = await api(after, 'GET', `/runs/${order.runId}`);
    expect(run.json).toMatchObject({ state: 'running', progress: { bytesDone: 500 } });
    await back.report(order, ended(node.id), 2);
    expect((await api(after, 'GET', `/runs/${order.runId}`)).json).toMatchObject({ state: 'succeeded' });
    await close(after);
  });

  it('gives peers a window to come back before it takes their silence for an answer', async () => {
    const center = at(first, await another(first));
    const enrolled = { ...(await enrolAgent(center, 'patient.test')), address: 'patient.test' };
    const agent = await connectAgent(center, enrolled);
    const node = await startNode(center, 'beta');
    agent.close();
    await expect.poll(() => center.center.links.agentConnected(agent.id)).toBe(false);
    const runId = await runOf(center, 'P', agent.address);
    const back = await connectAgent(center, enrolled);
    sockets.push(back.socket, node.socket);
    const order = back.orders[0] ?? (await back.nextOrder());
    expect(order.runId).toBe(runId);
    await close(center);
  });
});
