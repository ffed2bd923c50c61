import { randomUUID } from 'node:crypto';
import type { RunReport } from '@breakwater/contract/agent-run';
import { run } from '@breakwater/contract/run';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reconcileRuns } from '../dispatch/reconcile-runs.ts';
import { connectAgent } from '../links/testing/contract-peers.ts';
import { SILENT_MS } from './judge-lost-run.ts';
import { RunStage, snapshotOf, started } from './testing/run-stage.ts';

let stage: RunStage;
beforeAll(async () => {
  stage = await RunStage.open();
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const hex = () => randomUUID().replaceAll('-', '').repeat(2);

describe('reports', () => {
  it('take effect once, however often they are delivered', async () => {
    const { agent, order } = await stage.runInHand();
    const note: RunReport = { type: 'note', at: Date.now(), level: 'warn', message: 'the disk is slow' };
    for (let i = 0; i < 3; i += 1) expect((await agent.report(order, note, 7)).ok).toBe(true);
    expect((await stage.get(order.runId)).log).toHaveLength(1);
    const outcome = stage.ended(snapshotOf(hex()));
    await Promise.all(Array.from({ length: 5 }, () => agent.report(order, outcome, 8)));
    expect((await stage.get(order.runId)).state).toBe('succeeded');
    const events = await stage.center.database.db.event.count({
      where: { subjectId: order.runId, kind: 'backup-succeeded' },
    });
    expect(events).toBe(1);
  });

  it('keep rankings, issues, stats and the failure for the run page', async () => {
    const { agent, order } = await stage.runInHand();
    await agent.report(order, started());
    const ranked = {
      nodeId: stage.node.id,
      nodeName: 'alpha',
      bytesPerSecond: 1e6,
      bytesToSend: null,
      finishSeconds: null,
      verdict: 'chosen' as const,
      reason: 'fastest at 1.0 MB/s',
    };
    const placement = {
      chosen: { nodeId: stage.node.id, nodeName: 'alpha' },
      strategy: 'finish-first' as const,
      ranking: [ranked],
      failOver: false,
    };
    await agent.report(order, { type: 'placed', at: Date.now(), placement });
    const issue = { path: '/data/x', during: 'read' as const, code: 'unreadable' as const, message: 'no' };
    const failure = { code: 'node-full' as const, message: 'alpha is full', retryable: true };
    await agent.report(order, stage.ended({ outcome: 'failed', failure, issues: [issue], issueCount: 1 }));
    expect(await stage.get(order.runId)).toMatchObject({
      state: 'failed',
      reason: 'alpha is full',
      remark: { kind: 'failure', values: { code: 'node-full', detail: 'alpha is full' } },
      failure,
      issues: [issue],
      issueCount: 1,
      placement: { chosen: { nodeName: 'alpha' } },
      placements: [{ ranking: [ranked] }],
    });
  });

  it('say what their sentences say, for readers of other languages, where the agent knows it', async () => {
    const { agent, order } = await stage.runInHand();
    const sense = { kind: 'node-answers-again', values: { node: 'alpha', seconds: 7 } };
    const note = { type: 'note', at: Date.now(), level: 'info' } as const;
    await agent.report(order, { ...note, message: 'alpha answers again, after 7 s', sense });
    await agent.report(order, { ...note, message: 'said by an agent of before' });
    const file = { path: '/x', during: 'read', code: 'unreadable' } as const;
    const denied = {
      ...file,
      message: 'Permission denied',
      sense: { kind: 'permission-denied', values: {} },
    };
    const issues = [denied, { ...file, message: 'as it was' }];
    const failure = { code: 'interrupted', message: 'the agent was stopped', retryable: true } as const;
    const stopped = { kind: 'agent-stopped', values: {} };
    await agent.report(
      order,
      stage.ended({
        outcome: 'failed',
        reason: failure.message,
        sense: stopped,
        failure,
        issues,
        issueCount: 2,
      }),
    );
    const ended = await stage.get(order.runId);
    expect(ended.log.map((line) => line.sense)).toEqual([sense, undefined]);
    expect(ended.issues).toEqual(issues);
    expect(ended.remark).toEqual({ text: failure.message, ...stopped });
  });

  it('of an attempt that has been given up change nothing, but their snapshot is real and is cataloged', async () => {
    const { agent, order } = await stage.runInHand();
    await stage.call('POST', `/runs/${order.runId}/cancel`);
    await agent.report(order, stage.ended({ outcome: 'cancelled' }));
    const id = hex();
    expect((await agent.report(order, stage.ended(snapshotOf(id)))).ok).toBe(true);
    expect(await stage.get(order.runId)).toMatchObject({ state: 'cancelled', snapshotId: null });
    expect((await stage.call('GET', `/snapshots/${id}`)).json).toMatchObject({ id, runId: order.runId });
  });

  it('of another agent, of another attempt to come, or of no run are set aside', async () => {
    const { agent, order } = await stage.runInHand();
    const { agent: other } = await stage.runInHand();
    expect((await other.report(order, stage.ended())).ok).toBe(true);
    expect((await other.report({ runId: randomUUID(), attempt: 1 }, stage.ended())).ok).toBe(true);
    expect((await agent.report({ runId: order.runId, attempt: 2 }, stage.ended())).ok).toBe(true);
    expect((await stage.get(order.runId)).state).toBe('dispatched');
  });

  it('that name a node which is no longer enrolled do not get stuck in the outbox', async () => {
    const { agent, order } = await stage.runInHand();
    const reply = await agent.report(order, stage.ended({ nodeId: randomUUID(), ...snapshotOf(hex()) }));
    expect(reply.ok).toBe(true);
    expect((await stage.get(order.runId)).state).toBe('succeeded');
  });

  it('that are malformed are refused, naming the field', async () => {
    const { agent, order } = await stage.runInHand();
    const reply = await agent.send('report', {
      seq: 1,
      runId: order.runId,
      attempt: 1,
      report: { type: 'ended' },
    });
    expect(reply).toMatchObject({ ok: false, failure: { code: 'invalid-request' } });
    expect((await stage.get(order.runId)).state).toBe('dispatched');
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
    const { agent, order } = await stage.runInHand();
    const { agent: other } = await stage.runInHand();
    await agent.send('progress', { runId: order.runId, attempt: 1, progress: progress(100) });
    await other.send('progress', { runId: order.runId, attempt: 1, progress: progress(999) });
    const run = await stage.get(order.runId);
    expect(run.progress).toMatchObject({ bytesDone: 100 });
    expect(run.speedCurve).toMatchObject([{ bytesPerSecond: 4, nodeName: 'alpha' }]);
  });
});

describe('cancel', () => {
  it('ends a waiting run at once', async () => {
    const { agent, order, taskId } = await stage.runInHand();
    const second = await stage.runNow(taskId);
    expect(second).not.toBe(order.runId);
    const cancelled = await stage.call('POST', `/runs/${second}/cancel`);
    expect([cancelled.status, cancelled.as(run).state]).toEqual([202, 'cancelled']);
    expect(agent.cancels).toEqual([]);
    expect((await stage.call('POST', `/runs/${second}/cancel`)).problem().code).toBe('conflict');
  });

  it.each(['dispatched', 'running'])(
    'tells the agent of a run that is %s, which then ends it',
    async (state) => {
      const { agent, order } = await stage.runInHand();
      if (state === 'running') await agent.report(order, started());
      const heard = agent.nextCancel();
      const { json } = await stage.call('POST', `/runs/${order.runId}/cancel`);
      expect(json).toMatchObject({ state, reason: expect.stringContaining('cancelled by') });
      expect(await heard).toBe(order.runId);
      await agent.report(order, stage.ended({ outcome: 'cancelled', reason: 'cancelled' }));
      expect(await stage.get(order.runId)).toMatchObject({
        state: 'cancelled',
        // Who asked for it, not only that it was done.
        remark: { kind: 'cancelled-by', text: expect.stringContaining('cancelled by') },
      });
    },
  );

  it('reaches an agent that was away when it is back', async () => {
    const { agent, order } = await stage.runInHand();
    await agent.report(order, started());
    agent.close();
    stage.ahead = 20_000;
    await stage.node.heartbeat();
    expect((await stage.call('POST', `/runs/${order.runId}/cancel`)).as(run).state).toBe('running');
    const back = await connectAgent(stage.center, agent, {
      state: 'busy',
      runs: [{ runId: order.runId, attempt: 1 }],
    });
    stage.keep(back);
    expect(back.cancels[0] ?? (await back.nextCancel())).toBe(order.runId);
  });
});

describe('reconciliation', () => {
  it('gives an order that never arrived out again', async () => {
    const agent = await stage.agentThere();
    agent.respond = () => 'silence';
    const { id: taskId } = await stage.task(agent.address, { ifAgentSilent: 'wait' });
    const first = agent.nextOrder();
    await stage.runNow(taskId);
    const { runId } = await first;
    agent.respond = () => ({ accepted: true, reason: null });
    const again = agent.nextOrder();
    stage.ahead = 70_000;
    await stage.node.heartbeat();
    await agent.heartbeat();
    await reconcileRuns(stage.center.center);
    expect(await again).toMatchObject({ runId, attempt: 2 });
    // Whatever the first attempt still says is too late.
    await agent.report({ runId, attempt: 1 }, stage.ended());
    expect((await stage.get(runId)).state).toBe('dispatched');
  });

  it('keeps a run that heartbeats list, and fails one that its agent has lost', async () => {
    const { agent, order } = await stage.runInHand();
    await agent.report(order, started());
    stage.ahead = 70_000;
    await agent.heartbeat({ state: 'busy', runs: [{ runId: order.runId, attempt: 1 }] });
    await reconcileRuns(stage.center.center);
    expect((await stage.get(order.runId)).state).toBe('running');
    stage.ahead = 140_000;
    await agent.heartbeat();
    await reconcileRuns(stage.center.center);
    expect(await stage.get(order.runId)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
    const revoked = await stage.center.database.db.revokedToken.findMany({
      where: { jti: { contains: order.runId } },
    });
    expect(revoked).toMatchObject([{ jti: `run.${order.runId}.1.${stage.node.id}` }]);
  });

  it('waits for an agent that is away until its tokens have run out', async () => {
    const { agent, order } = await stage.runInHand();
    await agent.report(order, started());
    const gone = new Promise((resolve) => agent.socket.once('disconnect', resolve));
    agent.close();
    await gone;
    await expect.poll(() => stage.center.center.links.agentConnected(agent.id)).toBe(false);
    stage.ahead = SILENT_MS - 60_000;
    await reconcileRuns(stage.center.center);
    expect((await stage.get(order.runId)).state).toBe('running');
    stage.ahead = SILENT_MS + 60_000;
    await reconcileRuns(stage.center.center);
    expect((await stage.get(order.runId)).reason).toBe('no word from the agent for 13 h');
  });

  it('ends the runs of an agent that is released, and its tokens', async () => {
    const { agent, order } = await stage.runInHand();
    const told = stage.node.nextRevocations();
    const gone = new Promise((resolve) => agent.socket.once('disconnect', resolve));
    expect((await stage.call('DELETE', `/agents/${agent.id}`)).status).toBe(204);
    await gone;
    await told;
    await expect.poll(async () => (await stage.get(order.runId)).state).toBe('failed');
    expect((await stage.get(order.runId)).reason).toBe('the agent was released');
  });
});
