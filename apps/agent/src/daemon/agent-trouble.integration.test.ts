import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '@breakwater/storage-client/testing/program-process';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';
import { compareTrees } from '../testing/compare-trees.ts';
import { REPOSITORY_PASSWORD } from '../testing/test-center.ts';

let cluster: AgentCluster;
let source: string;
/** Slow enough to do something in the middle, and small enough not to wait for long. */
const SLOW = 3 * MB;

beforeAll(async () => {
  cluster = await AgentCluster.start([SLOW, SLOW]);
});
beforeEach(async (context) => {
  // Nothing of it is on any node yet.
  source = await cluster.makeSource(context.task.id, 4, 2 * MB);
  await cluster.startAgent();
});
afterEach(async () => {
  await Promise.all(cluster.nodes.map((node) => node.revive()));
});
afterAll(() => cluster?.stop());

async function startBackup() {
  const order = await cluster.backupOrder([source]);
  expect(await cluster.center.call('run', order)).toEqual({ accepted: true, reason: null });
  return order;
}
const placementsOf = (runId: string) =>
  cluster.center
    .reportsOf(runId)
    .flatMap((report) => (report.type === 'placed' ? [report.placement] : []))
    .map((placement) => ({ node: placement.chosen.nodeName, failOver: placement.failOver }));

describe('a backup goes on', () => {
  describeWithRestic('judged by stock restic', () => {
    it('to the next node when its node is killed', async () => {
      const order = await startBackup();
      const { nodeName } = await cluster.sent(order.runId, 2 * MB);
      await cluster.node(nodeName).kill();
      const ended = await cluster.center.ended(order.runId);
      expect(ended).toMatchObject({ outcome: 'succeeded', issueCount: 0 });
      const other = nodeName === 'node-1' ? 'node-2' : 'node-1';
      expect(ended.nodeId).toBe(cluster.node(other).nodeId);
      expect(placementsOf(order.runId)).toEqual([
        { node: nodeName, failOver: false },
        { node: other, failOver: true },
      ]);
      // The control center learns of the lock that nobody could remove from the dead node.
      const killed = cluster.node(nodeName);
      const left = await readdir(join(cluster.copyFolder(killed), 'locks'));
      expect(left).toHaveLength(1);
      expect(ended.locksLeft).toEqual(left.map((name) => ({ nodeId: killed.nodeId, name })));
      expect(cluster.center.progress.flatMap(({ locks }) => locks ?? [])).toEqual(
        expect.arrayContaining(ended.locksLeft ?? []),
      );
      const counted = cluster.center.progress
        .filter((one) => one.runId === order.runId)
        .map((one) => one.progress.bytesDone);
      expect(counted).toEqual(counted.toSorted((a, b) => a - b));

      const restic = new StockRestic(cluster.folder, {
        RESTIC_REPOSITORY: cluster.copyFolder(cluster.node(other)),
        RESTIC_PASSWORD: REPOSITORY_PASSWORD,
      });
      expect(await restic.run('check', '--read-data')).toContain('no errors were found');
      const target = join(cluster.folder, 'restored');
      await restic.run('restore', ended.snapshotId ?? '', '--target', target);
      expect(compareTrees(source, join(target, source))).toEqual([]);
    });
  });

  it('on the same node after a short break of the network', async () => {
    const order = await startBackup();
    const { nodeName } = await cluster.sent(order.runId, 1 * MB);
    const link = cluster.links[nodeName === 'node-1' ? 0 : 1];
    await link?.cut();
    await link?.mend();
    const ended = await cluster.center.ended(order.runId);
    expect(ended).toMatchObject({ outcome: 'succeeded', nodeId: cluster.node(nodeName).nodeId });
    expect(placementsOf(order.runId)).toHaveLength(1);
  });

  it('when all nodes are gone, as soon as one is back', async () => {
    const order = await startBackup();
    await cluster.sent(order.runId, 1 * MB);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    const waiting = await cluster.center.until(() =>
      cluster.center.progress.find((one) => one.progress.phase === 'waiting-for-node'),
    );
    expect(waiting.progress.note).toContain('no storage node can take this backup');
    expect(waiting.progress.noteSense).toMatchObject({
      kind: 'no-node-takes-it',
      values: { nodes: [{ kind: 'node-said' }, { kind: 'node-said' }] },
    });
    await cluster.node('node-2').revive();
    expect(await cluster.center.ended(order.runId)).toMatchObject({
      outcome: 'succeeded',
      nodeId: cluster.node('node-2').nodeId,
    });
  });

  it('while the control center is away, and tells it the outcome afterwards, once', async () => {
    const { center } = cluster;
    const order = await startBackup();
    await cluster.sent(order.runId, 1 * MB);
    await center.close();
    await cluster.agent.line((line) => line.includes('a run ended') || undefined);
    expect(center.reportsOf(order.runId).some((one) => one.type === 'ended')).toBe(false);
    center.ackReports = false;
    await center.open();
    // Not acknowledged, so it has to come again over the next connection.
    const endings = () =>
      center.arrivals.filter((one) => one.runId === order.runId && one.report.type === 'ended').length;
    await center.until(() => endings() === 1);
    center.ackReports = true;
    await center.close();
    await center.open();
    await center.until(() => endings() === 2);
    expect(await center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
    expect(center.reportsOf(order.runId).map((one) => one.type)).toEqual(['started', 'placed', 'ended']);
  });
});

describe('an agent that is', () => {
  it('killed in the middle of a backup reports it as interrupted after its next start', async () => {
    const order = await startBackup();
    await cluster.sent(order.runId, 1 * MB);
    await cluster.agent.stop('SIGKILL');
    await cluster.startAgent();
    expect(await cluster.center.ended(order.runId)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'interrupted', retryable: true },
    });
    // Delivered again, it is not begun again; a new attempt is.
    expect(await cluster.center.call('run', order)).toEqual({ accepted: true, reason: null });
    const again = { ...order, attempt: 2, nodes: await cluster.center.runNodes() };
    await cluster.center.call('run', again);
    const ofSecond = () =>
      cluster.center.reports.filter((one) => one.runId === order.runId && one.attempt === 2);
    await cluster.center.until(() => ofSecond().some((one) => one.report.type === 'ended'));
    expect(ofSecond().at(-1)?.report).toMatchObject({ outcome: 'succeeded' });
    const begun = cluster.center.reportsOf(order.runId).filter((report) => report.type === 'started');
    expect(begun).toHaveLength(2);
  });

  it('stopped in the middle of a backup says so before it ends', async () => {
    const order = await startBackup();
    await cluster.sent(order.runId, 1 * MB);
    const [code, ended] = await Promise.all([
      cluster.agent.stop('SIGTERM'),
      cluster.center.ended(order.runId),
    ]);
    expect(code).toBe(0);
    expect(ended).toMatchObject({ outcome: 'failed', failure: { code: 'interrupted' } });
  });

  it('unknown to the control center stops, and keeps its credential', async () => {
    await cluster.center.close();
    cluster.center.refuse = new Failure('unauthenticated', 'this agent is not enrolled here');
    await cluster.center.open();
    expect(await cluster.agent.ended).toBe(1);
    expect(cluster.agent.stderr).toContain('does not accept this agent: this agent is not enrolled here');
    const identity = JSON.parse(await readFile(join(cluster.agentDir, 'agent.json'), 'utf8'));
    expect(identity.credential).not.toBeNull();
    cluster.center.refuse = null;
  });

  it('of another protocol version says so, and goes on trying', async () => {
    await cluster.center.close();
    cluster.center.refuse = new Failure('protocol-version', 'this control center speaks version 2');
    await cluster.center.open();
    await cluster.agent.line((line) => line.includes('speaks version 2') || undefined);
    expect(await cluster.agent.stop('SIGTERM')).toBe(0);
    cluster.center.refuse = null;
  });

  it('started twice on one folder refuses the second time', async () => {
    const second = await runProgram('breakwater-agent', ['run', '--data', cluster.agentDir]);
    expect(second).toMatchObject({ code: 1, stderr: `Another agent is running on ${cluster.agentDir}.\n` });
  });

  it('released stops, and forgets its credential', async () => {
    await cluster.center.call('released', { reason: 'an administrator released it' });
    expect(await cluster.agent.ended).toBe(1);
    expect(cluster.agent.stderr).toContain('This agent was released by the control center at');
    const identity = JSON.parse(await readFile(join(cluster.agentDir, 'agent.json'), 'utf8'));
    expect(identity.credential).toBeNull();
    const again = await runProgram('breakwater-agent', ['run', '--data', cluster.agentDir]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('enrol it again') });
    await cluster.enrolAgent();
    await cluster.startAgent();
  });
});
