import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';

/** Samples a window holds, here and after the change. */
const WINDOW = 2;
let cluster: AgentCluster;

beforeAll(async () => {
  cluster = await AgentCluster.start([2 * MB, 16 * MB, 4 * MB]);
  await cluster.startAgent();
  await cluster.center.sendProbeTargets({ window: WINDOW, intervalMs: 2000 });
});
afterAll(() => cluster?.stop());

/** Resolves when every node has a whole window of samples beyond the first `seen` messages. */
async function wholeWindowAfter(seen: number): Promise<void> {
  const { center } = cluster;
  await center.until(() => {
    const fresh = center.speeds.slice(seen);
    return center.nodes.every((node) => fresh.filter((one) => one.nodeId === node.nodeId).length >= WINDOW);
  });
}

async function rankedNow(name: string): Promise<{ order: string[]; chosen: string | undefined }> {
  const source = await cluster.makeSource(name, 4, 20_000);
  const order = await cluster.backupOrder([source]);
  await cluster.center.call('run', order);
  expect(await cluster.center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
  const placed = cluster.center.reportsOf(order.runId).find((one) => one.type === 'placed');
  const ranking = placed?.type === 'placed' ? placed.placement.ranking : [];
  return {
    order: ranking.map((one) => one.nodeName),
    chosen: ranking.find((one) => one.verdict === 'chosen')?.nodeName,
  };
}

it('follows links whose order changes within one window', async () => {
  await wholeWindowAfter(0);
  expect(await rankedNow('before')).toEqual({ order: ['node-2', 'node-3', 'node-1'], chosen: 'node-2' });

  cluster.links[0]?.setRate(16 * MB);
  cluster.links[1]?.setRate(4 * MB);
  cluster.links[2]?.setRate(2 * MB);
  // A sample that was under way when the links changed belongs to the old order: one probe round may still carry it.
  const { center } = cluster;
  const atChange = center.speeds.length;
  await center.until(() => center.speeds.length > atChange);
  await wholeWindowAfter(center.speeds.length);
  expect(await rankedNow('after')).toEqual({ order: ['node-1', 'node-2', 'node-3'], chosen: 'node-1' });
});
