import type { BackupOrder, RunOrder, RunReport } from '@breakwater/contract/agent-run';
import { startRunAnswer } from '@breakwater/contract/run';
import { rankNodes } from '@breakwater/domain/placement';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ContractAgent,
  type ContractNode,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { started } from '../runs/testing/run-stage.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

const AGENTS = 12;
const SPEED = 10_000_000;

let center: TestCenter;
let nodes: ContractNode[];
let agents: ContractAgent[];

beforeAll(async () => {
  center = await startTestCenter();
  nodes = await Promise.all(['a', 'b', 'c'].map((name) => startNode(center, `node-${name}`)));
  agents = await Promise.all(Array.from({ length: AGENTS }, (_, n) => startAgent(center, `server${n}`)));
  for (const agent of agents) {
    for (const [n, node] of nodes.entries()) {
      // All agree that a is a little faster: by speed alone all would go there.
      const bytesPerSecond = SPEED + (n === 0 ? 1000 : 0);
      const sample = {
        at: Date.now(),
        kind: 'probe',
        bytesPerSecond,
        sma: bytesPerSecond,
        samples: 5,
      } as const;
      await agent.send('speed', { ...sample, nodeId: node.id });
    }
  }
});
afterAll(async () => {
  for (const peer of [...agents, ...nodes]) peer.close();
  await center.close();
});

async function start(agent: ContractAgent, name: string): Promise<BackupOrder> {
  const made = await center.call('POST', '/tasks', {
    token: center.admin.apiToken,
    body: { name, sourceAddress: agent.address, paths: ['/data'] },
  });
  const { id } = made.as(z.object({ id: z.string() }));
  const sent = agent.nextOrder();
  const run = await center.call('POST', `/tasks/${id}/runs`, { token: center.admin.apiToken });
  run.as(startRunAnswer);
  return backup(await sent);
}

function backup(order: RunOrder): BackupOrder {
  if (order.kind !== 'backup') throw new Error(`the order is a ${order.kind}`);
  return order;
}

/** The ranking that an agent makes of its order. */
function rank(order: BackupOrder) {
  const { strategy, pinnedNodeId, usualNodeId = null, margin = 0 } = order;
  const candidates = order.nodes.map((node) => ({
    ...{ nodeId: node.nodeId, nodeName: node.nodeName, bytesToSend: node.bytesToSend },
    ...{ freeBytes: node.freeBytes, refusal: node.refusal },
    ...(node.load !== undefined && { load: node.load }),
    bytesPerSecond: SPEED + (node.nodeName === 'node-a' ? 1000 : 0),
  }));
  const decision = rankNodes(candidates, { strategy, pinnedNodeId, usualNodeId, margin });
  if (!decision.ok) throw new Error(decision.reason);
  return decision;
}

const transfers = (order: BackupOrder) =>
  Object.fromEntries(order.nodes.map((node) => [node.nodeName, node.load?.transfers]));

describe('reservations', () => {
  it('spread backups that start in one instant, follow what agents report, and end with the runs', async () => {
    const orders = await Promise.all(agents.map((agent) => start(agent, 'all at once')));
    const chosen = orders.map((order) => rank(order).chosen.nodeName).toSorted();
    expect(chosen).toEqual(['node-a', 'node-b', 'node-c'].flatMap((name) => Array(AGENTS / 3).fill(name)));
    expect(orders[0]).toMatchObject({ usualNodeId: null, margin: 0.1 });

    // All have begun, and one says that it went elsewhere than was expected.
    const [first] = agents;
    const order = orders[0];
    if (first === undefined || order === undefined) throw new Error('there is no agent');
    const { chosen: expected, ranking } = rank(order);
    const other = order.nodes.find((node) => node.nodeId !== expected.nodeId);
    if (other === undefined) throw new Error('there is one node only');
    await first.report(order, started());
    const elsewhere = { nodeId: other.nodeId, nodeName: other.nodeName };
    const placement = { chosen: elsewhere, strategy: order.strategy, ranking, failOver: false };
    await first.report(order, { type: 'placed', at: Date.now(), placement });

    const late = await startAgent(center, 'late');
    agents.push(late);
    const seen = transfers(await start(late, 'late'));
    expect(seen).toEqual({
      'node-a': 4,
      'node-b': 4,
      'node-c': 4,
      [expected.nodeName]: 3,
      [other.nodeName]: 5,
    });

    // It asks again, such as after its node has failed: its own place does not count against it.
    const renewed = await first.send('renew-tokens', { runId: order.runId });
    if (!renewed.ok) throw new Error(renewed.failure.message);
    const again = Object.fromEntries(renewed.body.nodes.map((node) => [node.nodeName, node.load?.transfers]));
    // One of them is the late one's.
    expect(Object.values(again).reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(AGENTS);
    expect(again[other.nodeName]).toBeLessThanOrEqual(5);

    const ended: RunReport = {
      type: 'ended',
      at: Date.now(),
      outcome: 'failed',
      reason: 'enough',
      failure: null,
      nodeId: null,
      snapshotId: null,
      snapshot: null,
      stats: {},
      issues: [],
      issueCount: 0,
      progress: null,
      speedCurve: [],
    };
    for (const [n, one] of orders.entries()) {
      if (n > 0) await agents[n]?.report(one, started());
      await agents[n]?.report(one, ended);
    }
    const last = await startAgent(center, 'last');
    agents.push(last);
    const left = transfers(await start(last, 'last'));
    expect(Object.values(left).toSorted()).toEqual([0, 0, 1]);
  });
});
