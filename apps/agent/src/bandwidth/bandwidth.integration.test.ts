import type { AgentBandwidth, BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';

/** So little that no backup here would ever end. */
const TRICKLE = 10_000;
const LINK = 100 * MB;

let cluster: AgentCluster;
let nodeId: string;
beforeAll(async () => {
  cluster = await AgentCluster.start([LINK]);
  nodeId = cluster.nodes[0]?.nodeId ?? '';
  await cluster.startAgent();
});
afterAll(() => cluster?.stop());

const limitOf = (bytesPerSecond: number | null): BandwidthLimitGiven => ({
  bytesPerSecond,
  windows: [],
  timeZone: 'UTC',
});
const told = (limits: Partial<AgentBandwidth>): AgentBandwidth => ({
  sentAt: Date.now(),
  server: null,
  nodes: [],
  runs: [],
  ...limits,
});
const all = [1, 2, 3, 4, 5, 6, 7];

it.each([
  ['the server', 'server', () => ({ server: limitOf(TRICKLE) })],
  ['the task', 'task', (runId: string) => ({ runs: [{ runId, limit: limitOf(TRICKLE) }] })],
  [
    'the node, of which it gets a part',
    'node',
    () => ({ nodes: [{ nodeId, limit: limitOf(2 * TRICKLE), sharedBy: 2 }] }),
  ],
  [
    'a window of the server',
    'server',
    () => ({
      server: {
        ...limitOf(null),
        windows: [{ days: all, from: '00:00', to: '24:00', bytesPerSecond: TRICKLE }],
      },
    }),
  ],
] as const)(
  'a backup keeps to the limit of %s, says so, and goes on when it is lifted',
  async (_, by, limits) => {
    const { center } = cluster;
    const source = await cluster.makeSource(`held-by-${_.replaceAll(/\W/g, '')}`, 1, 2 * MB);
    const order = await cluster.backupOrder([source]);
    await center.call('run', { ...order, bandwidth: told(limits(order.runId)) });
    const held = await center.until(() =>
      center.progress.find((one) => one.runId === order.runId && one.progress.heldBy !== undefined),
    );
    expect(held.progress.heldBy).toEqual({ limit: by, bytesPerSecond: TRICKLE, until: null });
    await center.call('bandwidth', told({}));
    expect(await center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
  },
);

it('a limit that comes while a backup goes on holds it back, and its node looks no slower for it', async () => {
  const { center } = cluster;
  await center.sendProbeTargets({ window: 2, intervalMs: 60_000 });
  const measured = await center.until(() => center.speeds.find((one) => one.samples === 2));
  const source = await cluster.makeSource('slowed', 4, 4 * MB);
  const order = await cluster.backupOrder([source]);
  const from = center.speeds.length;
  await center.call('run', { ...order, bandwidth: told({ server: limitOf(2 * MB) }) });
  await center.until(() =>
    center.progress.some(({ runId, progress }) => runId === order.runId && progress.bytesSent > 4 * MB),
  );
  await center.call('bandwidth', told({ server: limitOf(TRICKLE) }));
  const held = await center.until(() =>
    center.progress.find(
      ({ runId, progress }) => runId === order.runId && progress.heldBy?.bytesPerSecond === TRICKLE,
    ),
  );
  expect(held.progress.heldBy?.limit).toBe('server');
  await center.call('bandwidth', told({ server: limitOf(4 * MB) }));
  expect(await center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
  const slower = center.speeds
    .slice(from)
    .filter((one) => one.kind === 'transfer' && one.bytesPerSecond < measured.sma);
  expect(slower).toEqual([]);
});
