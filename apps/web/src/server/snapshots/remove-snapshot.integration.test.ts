import { randomBytes } from 'node:crypto';
import type { RunOrder } from '@breakwater/contract/agent-run';
import { event, page } from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { removeSnapshotAnswer, snapshotRemoval } from '@breakwater/contract/snapshot-removal';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ContractAgent, startAgent } from '../links/testing/contract-peers.ts';
import { RunStage, snapshotOf, started } from '../runs/testing/run-stage.ts';

let stage: RunStage;
let keeper: ContractAgent;
beforeAll(async () => {
  stage = await RunStage.open();
  keeper = await startAgent(stage.center, 'keeper', 'maintenance');
});
afterEach(() => stage.clear());
afterAll(async () => {
  keeper.close();
  await stage.close();
});

interface Made {
  agent: ContractAgent;
  taskId: string;
  snapshotIds: string[];
}

/** A server whose task, which keeps all, has made so many snapshots. */
async function serverWith(count: number): Promise<Made> {
  const agent = await stage.agentThere();
  await keeper.heartbeat();
  const { id: taskId } = await stage.task(agent.address, { name: 'Files', ifAgentSilent: 'wait' });
  const snapshotIds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const sent = agent.nextOrder();
    await stage.runNow(taskId);
    const order = await sent;
    const id = randomBytes(32).toString('hex');
    await agent.report(order, started());
    await agent.report(order, stage.ended({ ...snapshotOf(id), stats: { bytesProcessed: 9, filesNew: 1 } }));
    snapshotIds.push(id);
  }
  return { agent, taskId, snapshotIds };
}

const preview = async (id: string) =>
  (await stage.call('GET', `/snapshots/${id}/removal`)).as(snapshotRemoval);

async function forgotten(order: RunOrder): Promise<void> {
  if (order.kind !== 'forget') throw new Error(`not to forget but to ${order.kind}`);
  const { snapshotIds } = order;
  const each = order.nodes.map(({ nodeId }) => ({ nodeId, snapshotIds }));
  await keeper.report(order, stage.ended({ nodeId: null, forgotten: each }));
}

describe('a snapshot', () => {
  it('is removed from its copies by a forget run, whatever retention keeps, and only that one', async () => {
    const { snapshotIds } = await serverWith(2);
    const [first = '', second = ''] = snapshotIds;
    expect(await preview(first)).toEqual({
      snapshotId: first,
      copies: [{ nodeId: stage.node.id, nodeName: 'alpha', online: true }],
      warnings: [],
      inUse: null,
    });
    const sent = keeper.nextOrder();
    const asked = await stage.call('DELETE', `/snapshots/${first}`);
    expect(asked.status).toBe(202);
    const { runId, warnings } = asked.as(removeSnapshotAnswer);
    const order = await sent;
    expect(order).toMatchObject({ kind: 'forget', runId, snapshotIds: [first] });
    expect(warnings).toEqual([]);
    const { items } = (await stage.call('GET', '/events')).as(page(event));
    const told = items.find(({ kind }) => kind === 'snapshot-removal');
    expect(told).toMatchObject({
      subject: { type: 'run', id: runId },
      message: expect.stringContaining(first.slice(0, 8)),
    });

    // Asked for again while it goes, and restored from while it goes.
    const twice = await stage.call('DELETE', `/snapshots/${first}`);
    expect([twice.status, twice.problem().code]).toEqual([409, 'conflict']);
    expect((await preview(first)).inUse).toEqual({ runId, kind: 'forget' });
    const target = { address: 'keeper', path: '/tmp/back' };
    const restore = await stage.call('POST', '/restores', { snapshotId: first, target });
    expect([restore.status, restore.problem().detail]).toEqual([409, expect.stringContaining(runId)]);

    await forgotten(order);
    await stage.until(runId, 'succeeded');
    const status = async (id: string) => (await stage.call('GET', `/snapshots/${id}`)).status;
    expect([await status(first), await status(second)]).toEqual([404, 200]);
    expect((await stage.call('DELETE', `/snapshots/${first}`)).status).toBe(404);
  });

  it('warns when it is the last of its task', async () => {
    const { snapshotIds } = await serverWith(1);
    const [only = ''] = snapshotIds;
    expect((await preview(only)).warnings).toMatchObject([
      { kind: 'last-snapshot-of-task', values: { task: 'Files' } },
    ]);
    const sent = keeper.nextOrder();
    const { warnings } = (await stage.call('DELETE', `/snapshots/${only}`)).as(removeSnapshotAnswer);
    expect(warnings.map(({ kind }) => kind)).toEqual(['last-snapshot-of-task']);
    await forgotten(await sent);
  });

  it('cannot be removed while it is being restored from', async () => {
    const { agent, snapshotIds } = await serverWith(1);
    const [id = ''] = snapshotIds;
    const sent = agent.nextOrder();
    const body = { snapshotId: id, target: { address: agent.address, path: '/tmp/back' } };
    const { runId } = (await stage.call('POST', '/restores', body)).as(startRunAnswer);
    const order = await sent;
    const refused = await stage.call('DELETE', `/snapshots/${id}`);
    expect([refused.status, refused.problem()]).toMatchObject([
      409,
      { code: 'conflict', detail: expect.stringContaining(`restored from, by the run ${runId}`) },
    ]);
    await agent.report(order, stage.ended());
    await stage.until(runId, 'succeeded');
    expect((await preview(id)).inUse).toBeNull();
  });

  it('waits for a copy that cannot be reached, and says so', async () => {
    const { snapshotIds, agent } = await serverWith(2);
    const [id = ''] = snapshotIds;
    stage.ahead = 60_000;
    await Promise.all([keeper.heartbeat(), agent.heartbeat()]);
    expect((await preview(id)).warnings).toMatchObject([
      { kind: 'removal-waits-for', values: { nodes: ['alpha'] } },
    ]);
    const { runId } = (await stage.call('DELETE', `/snapshots/${id}`)).as(removeSnapshotAnswer);
    expect((await stage.until(runId, 'waiting')).remark).toMatchObject({ kind: 'copies-away' });
    await stage.call('POST', `/runs/${runId}/cancel`, {});
    await stage.until(runId, 'cancelled');
  });

  it('is removed by operators, and viewers see neither the button work nor the names of its files', async () => {
    const { snapshotIds } = await serverWith(1);
    const token = await stage.center.token('viewer');
    const calls = [
      ['DELETE', `/snapshots/${snapshotIds[0]}`],
      ['GET', `/snapshots/${snapshotIds[0]}/files?path=/`],
      ['GET', `/snapshots/${snapshotIds[0]}/download?path=/x`],
    ] as const;
    for (const [method, path] of calls) {
      const refused = await stage.center.call(method, path, { token });
      expect([path, refused.status]).toEqual([path, 403]);
    }
    const seen = await stage.center.call('GET', `/snapshots/${snapshotIds[0]}`, { token });
    expect(seen.status).toBe(200);
  });
});
