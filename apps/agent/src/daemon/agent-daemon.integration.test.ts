import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';
import { compareTrees } from '../testing/compare-trees.ts';
import { REPOSITORY_PASSWORD } from '../testing/test-center.ts';

/** Three nodes behind unequal links. */
const RATES = [4 * MB, 32 * MB, 1 * MB];
let cluster: AgentCluster;
let source: string;

beforeAll(async () => {
  cluster = await AgentCluster.start(RATES, { 'node-1': ['--quota', '1MB'] });
  source = await cluster.makeSource('source tree', 40, 50_000);
  await cluster.startAgent();
});
afterAll(() => cluster?.stop());

const stockRestic = async () => {
  const [node] = cluster.nodes.filter((one) => one.name === 'node-2');
  if (node === undefined) throw new Error('no node');
  const token = await cluster.center.token(node.nodeId, ['read', 'lock', 'append', 'delete']);
  const url = new URL(`${node.url}/${cluster.center.repositoryId}/`);
  url.username = 'any';
  url.password = token;
  return new StockRestic(cluster.folder, {
    RESTIC_REPOSITORY: `rest:${url.href}`,
    RESTIC_PASSWORD: REPOSITORY_PASSWORD,
  });
};

describe('an idle agent', () => {
  it('says that it is there, and how its clock differs', async () => {
    const { center } = cluster;
    const beat = await center.until(() => center.heartbeats.find((one) => one.clockOffsetMs !== null));
    expect(beat).toMatchObject({ state: 'idle', runs: [] });
    // The same clock on both sides: all that is left is half of a round trip.
    expect(Math.abs(beat.clockOffsetMs ?? Number.NaN)).toBeLessThan(5000);
  });

  it('measures every node until its window is full, and ranks them as their links are', async () => {
    const { center } = cluster;
    await cluster.center.sendProbeTargets({ window: 2 });
    const latest = (nodeId: string) => center.speeds.findLast((one) => one.nodeId === nodeId);
    await center.until(() => center.nodes.every((node) => latest(node.nodeId)?.samples === 2));
    const order = center.nodes
      .map((node) => ({ name: node.name, sma: latest(node.nodeId)?.sma ?? 0 }))
      .sort((a, b) => b.sma - a.sma)
      .map((one) => one.name);
    expect(order).toEqual(['node-2', 'node-1', 'node-3']);
  });

  it('browses and previews', async () => {
    const listing = await cluster.center.call('browse', { path: source });
    expect(listing.entries[0]).toMatchObject({ name: 'deep', type: 'dir' });
    expect(listing.entries).toHaveLength(21);
    const preview = await cluster.center.call('preview', { paths: [source], excludes: ['deep'] });
    expect(preview).toMatchObject({ files: 20, bytes: 20 * 50_000, complete: true });
    const nowhere = join(source, 'nowhere');
    expect(await cluster.center.call('examine-paths', { paths: [source, nowhere] })).toMatchObject({
      broken: [{ path: nowhere, failure: { code: 'path-not-found' } }],
    });
    expect(await cluster.center.call('admit-target', { path: nowhere })).toEqual({ mode: 'fresh' });
    await expect(cluster.center.call('admit-target', { path: source })).rejects.toMatchObject({
      code: 'target-not-empty',
    });
    await expect(cluster.center.call('browse', { path: nowhere })).rejects.toMatchObject({
      code: 'path-not-found',
    });
  });

  it('refuses a message that is not as agreed, naming the field', async () => {
    const broken = { path: 7 } as unknown as { path: string };
    const failure = await cluster.center.call('browse', broken).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'invalid-request', message: expect.stringContaining('path') });
  });
});

describe('a backup', () => {
  let snapshotId: string;

  it('goes to the fastest node, tells of itself, and is run once however often it is ordered', async () => {
    const { center } = cluster;
    const order = await cluster.backupOrder([source]);
    const taken = await Promise.all([1, 2, 3].map(() => center.call('run', order)));
    expect(taken).toEqual(Array(3).fill({ accepted: true, reason: null }));
    const ended = await center.ended(order.runId);
    expect(ended).toMatchObject({ outcome: 'succeeded', reason: null, failure: null, issueCount: 0 });
    expect(await center.call('run', order)).toEqual({ accepted: true, reason: null });
    const reports = center.reportsOf(order.runId);
    expect(reports.map((one) => one.type)).toEqual(['started', 'placed', 'ended']);
    expect(reports[1]).toMatchObject({
      placement: { chosen: { nodeName: 'node-2' }, strategy: 'fastest', failOver: false },
    });
    const placed = reports[1];
    const ranking = placed?.type === 'placed' ? placed.placement.ranking : [];
    expect(ranking.map((one) => [one.nodeName, one.verdict])).toEqual([
      ['node-2', 'chosen'],
      ['node-1', 'eligible'],
      ['node-3', 'eligible'],
    ]);
    expect(ended.stats).toMatchObject({ filesNew: 40, bytesProcessed: 40 * 50_000 });
    expect(ended.progress).toMatchObject({ filesDone: 40, bytesDone: 40 * 50_000, nodeName: 'node-2' });
    expect(ended.nodeId).toBe(cluster.node('node-2').nodeId);
    expect(ended.speedCurve.length).toBeGreaterThan(0);
    expect(ended.snapshot).toMatchObject({
      id: ended.snapshotId,
      hostname: 'host.test',
      paths: [source],
      tags: ['test'],
    });
    snapshotId = ended.snapshotId ?? '';
    const busy = center.heartbeats.find((one) => one.state === 'busy');
    expect(busy?.runs).toEqual([{ runId: order.runId, attempt: 1 }]);
  });

  it('of what has not changed adds next to nothing', async () => {
    // Pinned: a busy machine may measure another node as faster by now, and that one holds nothing yet.
    const { nodeId } = cluster.node('node-2');
    const order = await cluster.backupOrder([source], { strategy: 'pinned', pinnedNodeId: nodeId });
    await cluster.center.call('run', order);
    const ended = await cluster.center.ended(order.runId);
    expect(ended.stats).toMatchObject({ filesUnmodified: 40, filesNew: 0, filesChanged: 0 });
    // The folders above the source are in the snapshot too, and the shared temp folder may have changed.
    expect(ended.stats.bytesAdded).toBeLessThan(4096);
    expect(ended.snapshot?.parent).toBe(snapshotId);
  });

  it('keeps a second one out while it runs, and leaves its lock when it is cancelled', async () => {
    const { center } = cluster;
    const large = await cluster.makeSource('large', 6, 2 * MB);
    const first = await cluster.backupOrder([large], {
      strategy: 'pinned',
      pinnedNodeId: cluster.node('node-3').nodeId,
    });
    expect(await center.call('run', first)).toEqual({ accepted: true, reason: null });
    expect(await center.call('run', await cluster.backupOrder([source]))).toEqual({
      accepted: false,
      reason: `another backup is running on this server (${first.runId})`,
    });
    expect(await center.call('run', { ...first, attempt: 2 })).toEqual({
      accepted: false,
      reason: 'attempt 1 of this run is still going on',
    });
    await cluster.sent(first.runId, 0.5 * MB);
    const locks = join(cluster.copyFolder(cluster.node('node-3')), 'locks');
    expect(await readdir(locks)).toHaveLength(1);
    await center.call('cancel', { runId: first.runId });
    expect(await center.ended(first.runId)).toMatchObject({ outcome: 'cancelled', snapshotId: null });
    expect(await readdir(locks)).toEqual([]);
  });

  it('goes on with the next node when its own is full', async () => {
    const { center } = cluster;
    const fastest = center.nodes.find((node) => node.name === 'node-2');
    Object.assign(fastest ?? {}, { refusal: 'draining' });
    const order = await cluster.backupOrder([source]);
    await center.call('run', order);
    const ended = await center.ended(order.runId);
    Object.assign(fastest ?? {}, { refusal: null });
    expect(ended).toMatchObject({ outcome: 'succeeded', nodeId: cluster.node('node-3').nodeId });
    const placed = center
      .reportsOf(order.runId)
      .flatMap((report) => (report.type === 'placed' ? [report.placement] : []));
    expect(placed.map((one) => [one.chosen.nodeName, one.failOver])).toEqual([
      ['node-1', false],
      ['node-3', true],
    ]);
    const refused = placed[1]?.ranking.find((one) => one.nodeName === 'node-1');
    expect(refused).toMatchObject({ verdict: 'refused', reason: expect.stringMatching(/quota/i) });
  });

  it('of a path that is not there fails and says so', async () => {
    const order = await cluster.backupOrder([join(source, 'nowhere')]);
    await cluster.center.call('run', order);
    expect(await cluster.center.ended(order.runId)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'path-not-found', retryable: false },
    });
  });

  it('fails at once where no node may ever take it', async () => {
    const nodes = (await cluster.center.runNodes()).map((node) => ({ ...node, refusal: 'draining' }));
    const order = await cluster.backupOrder([source], { nodes });
    await cluster.center.call('run', order);
    expect(await cluster.center.ended(order.runId)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'no-node', message: expect.stringContaining('node-1: draining') },
    });
  });

  describe('restored by this agent', () => {
    const restoreOrder = async (targetPath: string) => ({
      kind: 'restore' as const,
      runId: randomUUID(),
      attempt: 1,
      repository: { repositoryId: cluster.center.repositoryId, password: REPOSITORY_PASSWORD },
      snapshotId,
      paths: [],
      targetPath,
      nodes: await cluster.center.runNodes(),
    });

    it('equals the source', async () => {
      const target = join(cluster.folder, 'restored');
      const order = await restoreOrder(target);
      await cluster.center.call('run', order);
      expect(await cluster.center.ended(order.runId)).toMatchObject({
        outcome: 'succeeded',
        stats: { filesRestored: 40, bytesRestored: 40 * 50_000 },
      });
      expect(compareTrees(source, join(target, source))).toEqual([]);
    });

    it('has holes again where it had some', async () => {
      const { center, folder } = cluster;
      const image = join(folder, 'with holes', 'image');
      await mkdir(join(folder, 'with holes'));
      await writeFile(image, 'begins');
      await truncate(image, 20_000_000);
      await appendFile(image, 'ends');
      const backup = await cluster.backupOrder([join(folder, 'with holes')]);
      await center.call('run', backup);
      const made = await center.ended(backup.runId);
      const target = join(folder, 'restored with holes');
      const order = { ...(await restoreOrder(target)), snapshotId: made.snapshotId ?? '' };
      await center.call('run', order);
      expect(await center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
      expect(compareTrees(join(folder, 'with holes'), join(target, folder, 'with holes'))).toEqual([]);
      // In units of 512 bytes.
      expect((await stat(join(target, image))).blocks * 512).toBeLessThan(10_000_000);
    });

    it('only goes into a fresh folder', async () => {
      const target = join(cluster.folder, 'in use');
      await mkdir(target);
      await writeFile(join(target, 'mine'), 'mine');
      const order = await restoreOrder(target);
      await cluster.center.call('run', order);
      expect(await cluster.center.ended(order.runId)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'target-not-empty' },
      });
      expect(await readdir(target)).toEqual(['mine']);
      expect(await readFile(join(target, 'mine'), 'utf8')).toBe('mine');
    });
  });

  it('is found whole by a check, and damaged when it is', async () => {
    const { center } = cluster;
    const nodes = (await center.runNodes()).filter((one) => one.nodeName === 'node-2');
    const repository = { repositoryId: center.repositoryId, password: REPOSITORY_PASSWORD };
    const order = { kind: 'check' as const, attempt: 1, repository, readData: true, nodes };
    const first = { ...order, runId: randomUUID() };
    await center.call('run', first);
    const all = await center.ended(first.runId);
    expect(all).toMatchObject({ outcome: 'succeeded', issueCount: 0 });
    let bytesOfParts = 0;
    for (const readDataSubset of ['1/2', '2/2']) {
      const part = { ...order, readData: false, readDataSubset, runId: randomUUID() };
      await center.call('run', part);
      const ended = await center.ended(part.runId);
      expect(ended).toMatchObject({ outcome: 'succeeded' });
      bytesOfParts += ended.stats?.bytesProcessed ?? 0;
    }
    expect(bytesOfParts).toBe(all.stats?.bytesProcessed);

    const packs = join(cluster.copyFolder(cluster.node('node-3')), 'keys');
    const [key = ''] = await readdir(packs);
    await rm(join(packs, key));
    const other = (await center.runNodes()).filter((one) => one.nodeName === 'node-3');
    const second = { ...order, runId: randomUUID(), nodes: other };
    await center.call('run', second);
    expect(await center.ended(second.runId)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'wrong-password' },
    });
  });

  describeWithRestic('read by stock restic', () => {
    it('is clean and restores to what was backed up', async () => {
      const restic = await stockRestic();
      expect(await restic.run('check', '--read-data')).toContain('no errors were found');
      await restic.run('restore', snapshotId, '--target', join(cluster.folder, 'by restic'));
      expect(compareTrees(source, join(cluster.folder, 'by restic', source))).toEqual([]);
    });
  });
});
