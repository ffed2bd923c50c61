import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import { agent, storageNode } from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { task, taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractAgent,
  type ContractNode,
  startAgent,
  startNode,
} from '../links/testing/contract-peers.ts';
import { started } from '../runs/testing/run-stage.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

const MB = 1_000_000;
const office: BandwidthLimitGiven = {
  bytesPerSecond: null,
  windows: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', bytesPerSecond: 2 * MB }],
  timeZone: 'Europe/Berlin',
};
const flat = (bytesPerSecond: number): BandwidthLimitGiven => ({
  bytesPerSecond,
  windows: [],
  timeZone: 'UTC',
});

let center: TestCenter;
let node: ContractNode;
let alpha: ContractAgent;
let beta: ContractAgent;
beforeAll(async () => {
  center = await startTestCenter();
  node = await startNode(center, 'node-a');
  alpha = await startAgent(center, 'alpha');
  beta = await startAgent(center, 'beta');
});
afterAll(async () => {
  for (const peer of [node, alpha, beta]) peer?.close();
  await center.close();
});

const api = (method: string, path: string, body?: unknown) =>
  center.call(method, path, { token: center.admin.apiToken, body });

async function startTask(of: ContractAgent, limit: BandwidthLimitGiven | null) {
  const made = await api('POST', '/tasks', {
    name: 'Data',
    sourceAddress: of.address,
    paths: ['/data'],
    bandwidth: limit,
  });
  const { id } = made.as(taskAnswer);
  const sent = of.nextOrder();
  (await api('POST', `/tasks/${id}/runs`)).as(startRunAnswer);
  const order = await sent;
  expect(await of.report(order, started())).toMatchObject({ ok: true });
  return { id, order };
}

describe('limits on bandwidth', () => {
  it('reach those whom they hold as soon as they are set, and are shown', async () => {
    const limited = (await api('PATCH', `/agents/${alpha.id}`, { bandwidth: office })).as(agent);
    expect(limited.bandwidth).toEqual(office);
    const { sentAt, ...told } = await alpha.bandwidth.find((one) => one.server !== null);
    expect(told).toEqual({ server: office, nodes: [], runs: [] });
    expect(Math.abs(Date.now() - sentAt)).toBeLessThan(60_000);
    expect(beta.bandwidth.all.filter((one) => one.server !== null)).toEqual([]);

    const patched = (await api('PATCH', `/storage-nodes/${node.id}`, { bandwidth: flat(8 * MB) })).as(
      storageNode,
    );
    expect(patched.bandwidth).toEqual(flat(8 * MB));
    expect(await node.bandwidth.find((one) => one.limit !== null)).toMatchObject({ limit: flat(8 * MB) });
  });

  it('go out with a run, change while it goes on, and give each who uses a node its part', async () => {
    const first = await startTask(alpha, flat(3 * MB));
    expect(first.order.bandwidth).toMatchObject({
      server: office,
      nodes: [{ nodeId: node.id, limit: flat(8 * MB), sharedBy: 1 }],
      runs: [{ runId: first.order.runId, limit: flat(3 * MB) }],
    });
    const second = await startTask(beta, null);
    expect(second.order.bandwidth).toMatchObject({
      server: null,
      nodes: [{ nodeId: node.id, sharedBy: 2 }],
      runs: [],
    });
    expect(await alpha.bandwidth.find(({ nodes }) => nodes[0]?.sharedBy === 2)).toBeDefined();

    const changed = await api('PATCH', `/tasks/${first.id}`, { bandwidth: flat(MB) });
    expect(changed.as(taskAnswer).bandwidth).toEqual(flat(MB));
    const { runs } = await alpha.bandwidth.find((one) => one.runs[0]?.limit.bytesPerSecond === MB);
    expect(runs[0]?.runId).toBe(first.order.runId);

    const lifted = alpha.bandwidth.next();
    await api('PATCH', `/tasks/${first.id}`, { bandwidth: null });
    expect((await lifted).runs).toEqual([]);
    expect((await api('GET', `/tasks/${first.id}`)).as(task).bandwidth).toBeNull();
    // Another field leaves it as it is.
    const renamed = alpha.bandwidth.all.length;
    await api('PATCH', `/tasks/${first.id}`, { name: 'Other' });
    expect(alpha.bandwidth.all.length).toBe(renamed);
  });

  it.each([
    [
      'bandwidth.windows.0.from',
      { windows: [{ ...office.windows[0], from: '8' }] },
      '"8"',
      'a time of day as HH:MM, up to 24:00',
    ],
    [
      'bandwidth.windows.0.to',
      { windows: [{ ...office.windows[0], to: '08:00' }] },
      '"08:00"',
      'another time than "from"',
    ],
    ['bandwidth.windows.0.days.0', { windows: [{ ...office.windows[0], days: [0] }] }, '0', 'at least 1'],
    ['bandwidth.bytesPerSecond', { bytesPerSecond: 5 }, '5', 'at least 10000'],
    [
      'bandwidth.timeZone',
      { timeZone: 'Mars/Base' },
      '"Mars/Base"',
      'an IANA time zone such as Europe/Berlin',
    ],
  ])('names %s where it is refused, and changes nothing', async (field, change, given, expected) => {
    const bandwidth = { ...office, ...change };
    for (const path of [`/agents/${alpha.id}`, `/storage-nodes/${node.id}`]) {
      const refused = await api('PATCH', path, { bandwidth });
      expect(refused.status).toBe(400);
      expect(refused.problem().errors).toEqual([{ field, given, expected }]);
    }
    expect((await api('GET', `/agents/${alpha.id}`)).as(agent).bandwidth).toEqual(office);
  });
});
