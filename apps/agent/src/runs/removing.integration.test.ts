import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RunOrder } from '@breakwater/contract/agent-run';
import { encodeLock } from '@breakwater/restic-format/lock-file';
import { openRepository } from '@breakwater/restic-format/repository';
import { ProgramProcess, runProgram } from '@breakwater/storage-client/testing/program-process';
import { createRestStore, type RestStore } from '@breakwater/storage-client/rest-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';
import { REPOSITORY_PASSWORD } from '../testing/test-center.ts';

/** Two copies of one repository, each with a snapshot of its own, and a maintenance agent. */
let cluster: AgentCluster;
let keeper: ProgramProcess | undefined;
const snapshotIds: string[] = [];

beforeAll(async () => {
  cluster = await AgentCluster.start([64 * MB, 64 * MB]);
  await cluster.startAgent();
  for (const [at, { nodeId }] of cluster.center.nodes.entries()) {
    const source = await cluster.makeSource(`source ${at}`, 2, 100_000);
    const pinned = { strategy: 'pinned', pinnedNodeId: nodeId } as const;
    const order = await cluster.backupOrder([source], pinned);
    await cluster.center.call('run', order);
    const { snapshotId } = await cluster.center.ended(order.runId);
    if (snapshotId === null) throw new Error('there is no snapshot');
    snapshotIds.push(snapshotId);
  }
});
afterAll(async () => {
  await keeper?.stop('SIGKILL');
  await cluster.stop();
});

async function orderOf(more: object): Promise<RunOrder> {
  const repository = { repositoryId: cluster.center.repositoryId, password: REPOSITORY_PASSWORD };
  const nodes = await Promise.all(
    (await cluster.center.runNodes()).map(async (node) => ({
      ...node,
      token: await cluster.center.token(node.nodeId, ['read', 'append', 'lock', 'delete']),
    })),
  );
  const common = { runId: randomUUID(), attempt: 1, repository, nodes };
  return { ...common, ...more } as RunOrder;
}

/** Works on the files of a copy itself. */
async function onCopy<T>(at: number, work: (store: RestStore) => Promise<T>): Promise<T> {
  const nodes = await cluster.center.runNodes();
  const { center } = cluster;
  const store = createRestStore({
    url: new URL(`${center.repositoryId}/`, `${center.nodes[at]?.ownUrl}/`).href,
    token: () => nodes[at]?.token ?? '',
  });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

const names = (at: number, kind: 'snapshots' | 'locks') =>
  onCopy(at, async (store) => (await store.list(kind)).map(({ name }) => name));

describe('orders to remove something', () => {
  it.each([
    { kind: 'forget', snapshotIds: ['ab'.repeat(32)] },
    { kind: 'prune', maxUnused: { kind: 'unlimited' } },
  ])('are turned down on a source server: $kind', async (more) => {
    const order = await orderOf(more);
    const answer = await cluster.center.call('run', { ...order, nodes: order.nodes.slice(0, 1) } as RunOrder);
    expect(answer).toEqual({ accepted: false, reason: expect.stringContaining('maintenance agents only') });
  });

  it('are carried out on every copy, when the locks of others are gone, and what fails is told', async () => {
    await cluster.agent.stop('SIGTERM');
    const data = join(cluster.folder, 'keeper');
    const enrol = ['enroll', '--server', cluster.center.url, '--token', 'join', '--address', 'keeper.test'];
    const made = await runProgram('breakwater-agent', [...enrol, '--role', 'maintenance', '--data', data]);
    expect(made).toMatchObject({ code: 0 });
    keeper = new ProgramProcess('breakwater-agent', ['run', '--data', data], {
      BREAKWATER_NODE_RETRY_SECONDS: '1',
    });

    const lockName = await onCopy(0, async (store) => {
      const repository = await openRepository(store, REPOSITORY_PASSWORD);
      const lock = { exclusive: false, hostname: 'elsewhere', username: 'someone', pid: 1, uid: 0, gid: 0 };
      return repository.saveUnpacked('locks', encodeLock({ ...lock, timeMs: Date.now() }));
    });
    const { center } = cluster;
    const [first = '', second = ''] = snapshotIds;
    const order = await orderOf({ kind: 'forget', snapshotIds: [first] });
    expect(await center.call('run', order)).toEqual({ accepted: true, reason: null });
    const waiting = await center.until(() =>
      center.progress.find((one) => one.runId === order.runId && one.progress.note !== null),
    );
    expect(waiting.progress.note).toContain('someone@elsewhere');
    expect(await names(0, 'snapshots')).toEqual([first]);
    await onCopy(0, (store) => store.remove('locks', lockName));
    const done = await center.ended(order.runId);
    expect(done).toMatchObject({ outcome: 'succeeded', stats: { snapshotsForgotten: 1 }, locksLeft: [] });
    expect(done.forgotten).toEqual(center.nodes.map(({ nodeId }) => ({ nodeId, snapshotIds: [first] })));
    expect([await names(0, 'snapshots'), await names(1, 'snapshots')]).toEqual([[], [second]]);
    expect([await names(0, 'locks'), await names(1, 'locks')]).toEqual([[], []]);

    const prune = await orderOf({ kind: 'prune', maxUnused: { kind: 'unlimited' } });
    await center.call('run', { ...prune, nodes: prune.nodes.slice(0, 1) } as RunOrder);
    const pruned = await center.ended(prune.runId);
    expect(pruned).toMatchObject({ outcome: 'succeeded' });
    expect(pruned.stats.bytesFreed).toBeGreaterThan(190_000);
    expect(await onCopy(0, (store) => store.list('data'))).toEqual([]);

    await cluster.nodes[0]?.process.stop('SIGKILL');
    const half = await orderOf({ kind: 'forget', snapshotIds: [second] });
    await center.call('run', half);
    const failed = await center.ended(half.runId);
    expect(failed).toMatchObject({ outcome: 'failed', stats: { snapshotsForgotten: 0 } });
    expect(failed.forgotten).toEqual([{ nodeId: center.nodes[1]?.nodeId, snapshotIds: [second] }]);
    expect(await names(1, 'snapshots')).toEqual([]);
  });
});
