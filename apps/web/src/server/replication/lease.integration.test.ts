import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { page, repository as repositoryShape, speed } from '@breakwater/contract/resources';
import { type RunDetail, runDetail, run as runShape, startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealCluster } from '../testing/real-cluster.ts';
import { LEASE_MS, RENEW_AFTER_MS } from './replication-terms.ts';

const ADDRESS = 'source.test';
const MIB = 1024 * 1024;

describe('a replication that goes on for long', () => {
  let cluster: RealCluster;
  let source: string;
  let taskId: string;
  let repositoryId: string;

  beforeAll(async () => {
    cluster = await RealCluster.start({
      config: { probeIntervalMs: 300, replicationBytesPerSecond: MIB },
    });
    source = join(cluster.folder, 'source');
    await mkdir(source);
    await Promise.all([
      cluster.startNode('alpha'),
      cluster.startNode('beta'),
      cluster.startAgent(ADDRESS, 'agent'),
    ]);
    await cluster.until(
      () => cluster.api('GET', '/speeds', page(speed)),
      ({ items }) => items.filter(({ samples }) => samples > 0).length === 2,
    );
    const task = { name: 'All', sourceAddress: ADDRESS, paths: [source] };
    taskId = (await cluster.api('POST', '/tasks', taskAnswer, task)).id;
  }, 60_000);
  afterAll(() => cluster.close());

  /** Backs up so much that fetching it takes a while, and returns the replication once it goes on. */
  const replicating = async (): Promise<RunDetail> => {
    await writeFile(join(source, randomBytes(6).toString('hex')), randomBytes(10 * MIB));
    const { runId } = await cluster.api('POST', `/tasks/${taskId}/runs`, startRunAnswer, {});
    await cluster.ended(runId);
    repositoryId = (await cluster.api('GET', '/repositories', page(repositoryShape))).items[0]?.id ?? '';
    const { items } = await cluster.until(
      () => cluster.api('GET', '/runs?kind=replicate', page(runShape)),
      (found) => found.items.some(({ state, progress }) => state === 'running' && progress !== null),
    );
    const going = items.find(({ state }) => state === 'running');
    return cluster.api('GET', `/runs/${going?.id}`, runDetail);
  };
  const locks = async (): Promise<string[]> => {
    const all = await Promise.all(
      ['alpha', 'beta'].map((node) => readdir(join(cluster.folder, node, repositoryId, 'locks'))),
    );
    return all.flat();
  };
  /** As if the last renewal had been long enough ago for the next. */
  const isDue = (id: string) =>
    cluster.center.center.db.run.update({
      where: { id },
      data: { leaseUntil: new Date(Date.now() + LEASE_MS - RENEW_AFTER_MS - 1), tendedAt: new Date(0) },
    });

  it('has its locks written anew on both copies, and goes on', async () => {
    const { id } = await replicating();
    const before = await locks();
    expect(before).toHaveLength(2);
    await isDue(id);
    await cluster.until(locks, (now) => now.length === 2 && now.every((name) => !before.includes(name)));
    // Written down once the locks are there.
    await cluster.until(
      () => cluster.center.center.db.run.findUniqueOrThrow({ where: { id } }),
      ({ leaseUntil }) => (leaseUntil?.getTime() ?? 0) > Date.now() + LEASE_MS - 60_000,
    );
    expect(await cluster.ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await cluster.until(locks, (now) => now.length === 0);
  }, 90_000);

  it('is given up and begun anew when somebody has removed a lock meanwhile', async () => {
    const { id } = await replicating();
    const [lock = ''] = await readdir(join(cluster.folder, 'alpha', repositoryId, 'locks'));
    await rm(join(cluster.folder, 'alpha', repositoryId, 'locks', lock));
    await isDue(id);
    const { reason } = await cluster.until(
      () => cluster.api('GET', `/runs/${id}`, runDetail),
      ({ state }) => state === 'waiting',
    );
    expect(reason).toContain('somebody removed the lock on alpha');
    expect(await cluster.ended(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
    await cluster.until(locks, (now) => now.length === 0);
  }, 120_000);

  it('is cancelled at its node, and what was fetched stays', async () => {
    const { id } = await replicating();
    expect((await cluster.call('POST', `/runs/${id}/cancel`)).status).toBeLessThan(300);
    expect(await cluster.ended(id)).toMatchObject({ state: 'cancelled' });
    await cluster.until(locks, (now) => now.length === 0);
  }, 90_000);
});
