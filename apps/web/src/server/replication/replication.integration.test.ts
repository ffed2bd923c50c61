import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { centerToBrowser } from '@breakwater/contract/browser-events';
import {
  overview,
  page,
  recoveryKit,
  repository as repositoryShape,
  snapshot as snapshotShape,
  speed,
} from '@breakwater/contract/resources';
import { type Run, run as runShape, startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealCluster } from '../testing/real-cluster.ts';
import { keepCopies } from './keep-copies.ts';
import { underCopied } from './under-copied.ts';

const exec = promisify(execFile);
/** In CI it has to be there: then its absence is a failure, not a skip. */
const hasRestic = process.env.CI !== undefined || spawnSync('restic', ['version']).status === 0;
const ADDRESS = 'source.test';
const MIB = 1024 * 1024;

describe.skipIf(!hasRestic)(`copies${hasRestic ? '' : ' (skipped: restic not installed)'}`, () => {
  let cluster: RealCluster;
  let source: string;
  let repositoryId: string;
  let password: string;
  let taskId: string;

  beforeAll(async () => {
    cluster = await RealCluster.start({
      config: { probeIntervalMs: 300, heartbeatWindowMs: 12_000, replicationBytesPerSecond: 8 * MIB },
    });
    source = join(cluster.folder, 'source');
    await mkdir(source);
    await Promise.all([cluster.startNode('alpha'), cluster.startAgent(ADDRESS, 'agent')]);
    await nodesMeasured(1);
  }, 60_000);
  afterAll(() => cluster.close());

  const nodesMeasured = (count: number) =>
    cluster.until(
      () => cluster.api('GET', '/speeds', page(speed)),
      ({ items }) => items.filter(({ samples }) => samples > 0).length === count,
    );
  const runs = async (): Promise<Run[]> =>
    (await cluster.api('GET', '/runs?kind=replicate', page(runShape))).items;
  const repository = () => cluster.api('GET', `/repositories/${repositoryId}`, repositoryShape);
  const nodeId = async (name: string): Promise<string> => {
    const node = (await cluster.center.center.storageNodes.all()).find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node.id;
  };
  const backUp = async (size: number): Promise<void> => {
    await writeFile(join(source, randomBytes(6).toString('hex')), randomBytes(size));
    const { runId } = await cluster.api('POST', `/tasks/${taskId}/runs`, startRunAnswer, {});
    expect(await cluster.ended(runId)).toMatchObject({ state: 'succeeded' });
  };
  /** All copies hold all snapshots, and nothing more is to be fetched. */
  const allComplete = () =>
    cluster.until(
      async () => ({ copies: (await repository()).copies, open: await runs() }),
      ({ copies, open }) =>
        copies.every(({ snapshots }) => snapshots === copies[0]?.snapshots) &&
        open.every(({ state }) => state === 'succeeded'),
    );
  const files = async (node: string): Promise<string[]> => {
    const all = await readdir(join(cluster.folder, node, repositoryId), { recursive: true });
    return all.filter((name) => /^(config|(data|index|keys|snapshots)\/.*[0-9a-f]{64})$/.test(name)).sort();
  };
  const check = async (node: string, ...args: string[]): Promise<void> => {
    const env = { ...process.env, RESTIC_PASSWORD: password };
    const at = ['--no-cache', '-r', join(cluster.folder, node, repositoryId)];
    const { stdout } = await exec('restic', [...at, 'check', '--no-lock', ...args], { env });
    expect(stdout).toContain('no errors were found');
  };

  it('are one where there is one node', async () => {
    const task = { name: 'All', sourceAddress: ADDRESS, paths: [source] };
    const made = await cluster.api('POST', '/tasks', taskAnswer, task);
    expect(made.copies).toBeNull();
    taskId = made.id;
    await backUp(6 * MIB);
    const { items } = await cluster.api('GET', '/repositories', page(repositoryShape));
    repositoryId = items[0]?.id ?? '';
    const kit = await cluster.api('GET', `/repositories/${repositoryId}/recovery-kit`, recoveryKit);
    ({ password } = kit);
    await keepCopies(cluster.center.center, repositoryId);
    expect(await runs()).toEqual([]);
  });

  it('are brought up to two when a second node comes, with live progress and under locks', async () => {
    const seen: { bytesTotal: number | null; nodeName: string | null }[] = [];
    const detach = cluster.center.center.live.attach((event, body) => {
      if (event === 'progress') seen.push(centerToBrowser.progress.parse(body).progress);
    });
    await cluster.startNode('beta');
    await nodesMeasured(2);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await cluster.center.center.db.snapshot.updateMany({ data: { recordedAt: hourAgo } });
    const { reminders } = await cluster.api('GET', '/overview', overview);
    expect(reminders.find(({ kind }) => kind === 'under-copied')).toMatchObject({
      subjectId: repositoryId,
      message: `The repository of ${ADDRESS} is complete on one node; 2 are wanted`,
    });
    await keepCopies(cluster.center.center, repositoryId);
    await keepCopies(cluster.center.center, repositoryId);
    const locked = await cluster.until(
      async () =>
        Promise.all(
          ['alpha', 'beta'].map((name) =>
            readdir(join(cluster.folder, name, repositoryId, 'locks')).catch(() => []),
          ),
        ),
      (locks) => locks.every((names) => names.length > 0),
    );
    expect(locked.map((names) => names.length)).toEqual([1, 1]);
    const [run] = await runs();
    const ended = await cluster.ended(run?.id ?? '');
    detach();
    expect(ended).toMatchObject({
      kind: 'replicate',
      state: 'succeeded',
      sourceAddress: ADDRESS,
      issueCount: 0,
    });
    expect(ended.progress?.bytesDone).toBe(ended.progress?.bytesTotal);
    expect(ended.stats?.bytesStored).toBeGreaterThan(6 * MIB);
    expect(seen.some(({ nodeName, bytesTotal }) => nodeName === 'alpha' && bytesTotal !== null)).toBe(true);
    expect(await runs()).toHaveLength(1);
    expect(await files('beta')).toEqual(await files('alpha'));
    await check('beta', '--read-data');
    expect(ended.replication).toEqual({
      nodeId: await nodeId('beta'),
      sourceId: await nodeId('alpha'),
      mirror: false,
    });
    expect(await underCopied(cluster.center.center)).toEqual([]);
    await cluster.until(
      async () =>
        Promise.all(
          ['alpha', 'beta'].map((name) => readdir(join(cluster.folder, name, repositoryId, 'locks'))),
        ),
      (locks) => locks.flat().length === 0,
    );
  });

  it('follow each backup, and those that grew apart converge', async () => {
    for (const name of ['alpha', 'beta']) {
      await cluster.killNode(name === 'alpha' ? 'beta' : 'alpha');
      const pinned = { strategy: 'pinned', nodeId: await nodeId(name) };
      await cluster.api('PATCH', `/tasks/${taskId}`, taskAnswer, pinned);
      await backUp(MIB);
      cluster.reviveNode(name === 'alpha' ? 'beta' : 'alpha');
    }
    await keepCopies(cluster.center.center, repositoryId);
    const { copies } = await allComplete();
    expect(copies.map(({ snapshots }) => snapshots)).toEqual([3, 3]);
    expect(await files('beta')).toEqual(await files('alpha'));
    await check('alpha', '--read-data');
    await check('beta', '--read-data');
  }, 90_000);

  it('are whole after the fetching node was killed, which goes on where it was', async () => {
    await cluster.api('PATCH', `/tasks/${taskId}`, taskAnswer, {
      strategy: 'pinned',
      nodeId: await nodeId('alpha'),
    });
    await backUp(24 * MIB);
    const going = await cluster.until(runs, (all) => all.some(({ state }) => state === 'running'));
    const { id = '' } = going.find(({ state }) => state === 'running') ?? {};
    await cluster.until(
      () => cluster.api('GET', `/runs/${id}`, runShape),
      ({ progress, state }) => state !== 'running' || (progress?.filesDone ?? 0) > 0,
    );
    await cluster.killNode('beta');
    await check('beta');
    cluster.reviveNode('beta');
    const ended = await cluster.ended(id);
    expect(ended.state).toBe('succeeded');
    await allComplete();
    expect(await files('beta')).toEqual(await files('alpha'));
    await check('beta', '--read-data');
  }, 120_000);

  it('are made the same as the one that was pruned, once a check has found that whole', async () => {
    await cluster.startAgent('maintenance.test', 'maintenance');
    const old = (await cluster.api('GET', `/snapshots?repositoryId=${repositoryId}`, page(snapshotShape)))
      .items;
    for (const name of await readdir(source)) await rm(join(source, name));
    await backUp(MIB);
    await allComplete();
    const care = async (body: Record<string, string>): Promise<void> => {
      const { runId } = await cluster.api('POST', `/repositories/${repositoryId}/runs`, startRunAnswer, body);
      expect(await cluster.ended(runId)).toMatchObject({ state: 'succeeded' });
    };
    for (const { id } of old) {
      const { runId } = await cluster.api('DELETE', `/snapshots/${id}`, startRunAnswer);
      await cluster.ended(runId);
    }
    expect((await repository()).copies.map(({ snapshots }) => snapshots)).toEqual([1, 1]);
    await care({ kind: 'prune', nodeId: await nodeId('alpha') });
    await keepCopies(cluster.center.center, repositoryId);
    expect((await runs()).every(({ state }) => state === 'succeeded')).toBe(true);
    const before = await files('beta');
    expect(before.length).toBeGreaterThan((await files('alpha')).length);

    await care({ kind: 'check', nodeId: await nodeId('alpha') });
    await keepCopies(cluster.center.center, repositoryId);
    await allComplete();
    expect(await files('beta')).toEqual(await files('alpha'));
    await check('beta', '--read-data');
    const { copies } = await repository();
    expect(copies[1]?.care.lastPrunedAt).toBe(copies[0]?.care.lastPrunedAt);
    await keepCopies(cluster.center.center, repositoryId);
    expect((await runs()).every(({ state }) => state === 'succeeded')).toBe(true);
  }, 120_000);

  it('lose a forgotten snapshot that only turns up later', async () => {
    const [snapshot] = (
      await cluster.api('GET', `/snapshots?repositoryId=${repositoryId}`, page(snapshotShape))
    ).items;
    const name = snapshot?.id ?? '';
    const kept = await readFile(join(cluster.folder, 'beta', repositoryId, 'snapshots', name));
    await backUp(MIB);
    await allComplete();
    const { runId } = await cluster.api('DELETE', `/snapshots/${name}`, startRunAnswer);
    await cluster.ended(runId);
    // As if beta had got it from elsewhere and nobody knew.
    await writeFile(join(cluster.folder, 'beta', repositoryId, 'snapshots', name), kept);
    await backUp(MIB);
    await allComplete();
    expect(await files('alpha')).not.toContain(`snapshots/${name}`);
    await cluster.until(
      async () => {
        await cluster.center.center.jobs.enqueueCare(repositoryId);
        return files('beta');
      },
      (there) => !there.includes(`snapshots/${name}`),
    );
    await check('beta', '--read-data');
  }, 120_000);
});
