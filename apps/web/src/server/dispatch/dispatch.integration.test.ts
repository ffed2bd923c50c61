import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectAgent, enrolAgent } from '../links/testing/contract-peers.ts';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';
import { dispatchRun } from './dispatch-run.ts';

let stage: RunStage;
beforeAll(async () => {
  stage = await RunStage.open();
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const SNAPSHOT = 'ab'.repeat(32);

describe('dispatch', () => {
  it('sends a run to the agent of its address, with repository, nodes and tokens, and follows it to the end', async () => {
    const agent = await stage.agentThere();
    const { id } = await stage.task(agent.address, { excludes: ['*.tmp'] });
    const runId = await stage.runNow(id);
    await stage.until(runId, 'dispatched');
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
    expect(await stage.get(runId)).toMatchObject({ state: 'running', startedAt: expect.any(String) });
    const stats = { filesNew: 2, bytesProcessed: 1000, bytesStored: 400 };
    await agent.report(order, stage.ended({ ...snapshotOf(SNAPSHOT), stats }));
    expect(await stage.get(runId)).toMatchObject({
      state: 'succeeded',
      snapshotId: SNAPSHOT,
      stats: { bytesStored: 400 },
    });
    const catalog = await stage.center.database.db.snapshot.findUniqueOrThrow({
      where: { id: SNAPSHOT },
      include: { copies: true },
    });
    expect(catalog).toMatchObject({ runId, sourceAddress: agent.address, storedBytes: 400n, files: 2n });
    expect(catalog.copies).toMatchObject([{ nodeId: stage.node.id }]);
  });

  it('stops a run whose agent is silent, with the reason', async () => {
    const agent = await stage.agentThere();
    const { id } = await stage.task(agent.address);
    agent.close();
    stage.ahead = 47_000;
    await stage.node.heartbeat();
    const run = await stage.until(await stage.runNow(id), 'stopped');
    expect(run.reason).toMatch(/^no heartbeat for 4[78] s$/);
    expect(agent.orders).toEqual([]);
    const events = await stage.center.database.db.event.findMany({ where: { subjectId: run.id } });
    expect(events).toMatchObject([{ kind: 'backup-missed', level: 'error' }]);
  });

  it('lets a run wait for a silent agent and sends it when the agent is back', async () => {
    const at = stage.address();
    const enrolled = await enrolAgent(stage.center, at);
    const { id } = await stage.task(at, { ifAgentSilent: 'wait' });
    const runId = await stage.runNow(id);
    expect((await stage.until(runId, 'waiting')).reason).toBe('no heartbeat yet');
    // Asked for again while it waits, it stays one run.
    expect((await stage.call('POST', `/tasks/${id}/runs`)).json).toEqual({ runId, coalesced: true });
    await stage.node.heartbeat();
    const agent = await connectAgent(stage.center, { ...enrolled, address: at });
    stage.keep(agent);
    const order = agent.orders[0] ?? (await agent.nextOrder());
    expect(order).toMatchObject({ runId, attempt: 1 });
  });

  it('does not dispatch to a clock that is more than five minutes off', async () => {
    const agent = await stage.agentThere();
    await agent.heartbeat({ clockOffsetMs: 6 * 60_000 });
    const { id } = await stage.task(agent.address, { ifAgentSilent: 'wait' });
    const run = await stage.until(await stage.runNow(id), 'stopped');
    expect(run.reason).toBe("the agent's clock is 6 min ahead");
    expect(agent.orders).toEqual([]);
  });

  it('gives an agent one backup at a time, and the next when that has ended', async () => {
    const agent = await stage.agentThere();
    const first = await stage.runNow((await stage.task(agent.address)).id);
    const order = agent.orders[0] ?? (await agent.nextOrder());
    const second = await stage.runNow((await stage.task(agent.address, { name: 'another' })).id);
    expect((await stage.until(second, 'waiting')).reason).toBe('another backup runs on this server');
    const next = agent.nextOrder();
    await agent.report(order, stage.ended());
    expect(await stage.get(first)).toMatchObject({ state: 'succeeded' });
    expect(await next).toMatchObject({ runId: second });
  });

  it('lets racing dispatchers send one order', async () => {
    const agent = await stage.agentThere();
    const { id } = await stage.task(agent.address, { ifAgentSilent: 'wait' });
    const run = await stage.center.database.db.run.create({
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
    const results = await Promise.all(
      Array.from({ length: 12 }, () => dispatchRun(stage.center.center, run.id)),
    );
    expect(results.filter(({ result }) => result === 'sent')).toHaveLength(1);
    expect(agent.orders.filter((order) => order.runId === run.id)).toHaveLength(1);
    expect((await stage.get(run.id)).attempt).toBe(1);
  });

  it('takes an order that the agent turned down back, and sends it again as the next attempt', async () => {
    const agent = await stage.agentThere();
    agent.respond = () => ({ accepted: false, reason: 'still cleaning up' });
    const { id } = await stage.task(agent.address);
    const runId = await stage.runNow(id);
    expect((await stage.until(runId, 'waiting')).reason).toBe(
      'the agent turned the order down: still cleaning up',
    );
    agent.respond = () => ({ accepted: true, reason: null });
    const again = agent.nextOrder();
    await agent.heartbeat();
    await dispatchRun(stage.center.center, runId);
    expect(await again).toMatchObject({ runId, attempt: 2 });
  });

  it('fails a run when no node can take it, naming each', async () => {
    const agent = await stage.agentThere();
    const { id } = await stage.task(agent.address);
    await stage.call('PATCH', `/storage-nodes/${stage.node.id}`, { draining: true });
    try {
      const run = await stage.until(await stage.runNow(id), 'failed');
      expect(run).toMatchObject({
        reason: 'no storage node can take this backup (alpha: draining)',
        failure: { code: 'no-node' },
      });
    } finally {
      await stage.call('PATCH', `/storage-nodes/${stage.node.id}`, { draining: false });
    }
  });
});
