import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeLock } from '@breakwater/restic-format/lock-file';
import { openRepository } from '@breakwater/restic-format/repository';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { repositoryLocks } from '@breakwater/contract/repository-care';
import {
  accessTokensAnswer,
  page,
  recoveryKit,
  repository as repositoryShape,
  snapshot as snapshotShape,
} from '@breakwater/contract/resources';
import { retentionPreview } from '@breakwater/contract/retention';
import { type RunDetail, run as runShape, startRunAnswer } from '@breakwater/contract/run';
import { type TaskAnswer, taskAnswer } from '@breakwater/contract/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealCluster } from '../testing/real-cluster.ts';

/** In CI it has to be there: then its absence is a failure, not a skip. */
const hasRestic = process.env.CI !== undefined || spawnSync('restic', ['version']).status === 0;
const withRestic = (name: string) => (hasRestic ? name : `${name} (skipped: restic not installed)`);

let cluster: RealCluster;
let source: string;
let task: TaskAnswer;
let repositoryId = '';
const ADDRESS = 'source.test';
const BYTES = 2_000_000;

beforeAll(async () => {
  cluster = await RealCluster.start();
  source = join(cluster.folder, 'source');
  await mkdir(source);
  await Promise.all([
    cluster.startNode('alpha'),
    cluster.startAgent(ADDRESS, 'agent'),
    cluster.startAgent('maintenance.test', 'maintenance'),
  ]);
  task = await cluster.api('POST', '/tasks', taskAnswer, {
    name: 'All',
    sourceAddress: ADDRESS,
    paths: [source],
    ifAgentSilent: 'wait',
    retention: { keepLast: 2 },
  });
});
afterAll(() => cluster.close());

/** A backup of data that no other has. */
async function backUp(): Promise<RunDetail> {
  await writeFile(join(source, 'data.bin'), randomBytes(BYTES));
  const { runId } = await cluster.api('POST', `/tasks/${task.id}/runs`, startRunAnswer, {});
  return cluster.ended(runId);
}

async function inCatalog(): Promise<string[]> {
  const path = `/snapshots?repositoryId=${repositoryId}`;
  return (await cluster.api('GET', path, page(snapshotShape))).items.map(({ id }) => id).sort();
}

async function carry(body: object): Promise<RunDetail> {
  const { runId } = await cluster.api('POST', `/repositories/${repositoryId}/runs`, startRunAnswer, body);
  return cluster.ended(runId);
}

const repository = () => cluster.api('GET', `/repositories/${repositoryId}`, repositoryShape);

/** Stock restic at the node's own files, with what the kit says. */
async function restic(...args: string[]): Promise<string> {
  const kit = await cluster.api('GET', `/repositories/${repositoryId}/recovery-kit`, recoveryKit);
  const cache = await mkdtemp(join(cluster.folder, 'cache-'));
  const { stdout } = await promisify(execFile)('restic', ['--cache-dir', cache, ...args], {
    env: { ...process.env, RESTIC_REPOSITORY: kit.copies[0]?.path ?? '', RESTIC_PASSWORD: kit.password },
  });
  return stdout;
}

describe('a repository is cared for by real processes', () => {
  it('forgets after each backup what the retention of its task does not keep', async () => {
    const made: string[] = [];
    for (let which = 0; which < 4; which += 1) {
      const run = await backUp();
      expect(run).toMatchObject({ state: 'succeeded' });
      repositoryId = run.repositoryId ?? '';
      made.push(run.snapshotId ?? '');
    }
    const left = await cluster.until(inCatalog, (ids) => ids.length === 2);
    expect(left).toEqual(made.slice(2).sort());
    const { items } = await cluster.api('GET', '/runs?kind=forget', page(runShape));
    expect(items.length).toBeGreaterThan(0);
    expect(items.filter(({ state }) => state !== 'succeeded')).toEqual([]);
    const forgotten = items.reduce((sum, { stats }) => sum + (stats?.snapshotsForgotten ?? 0), 0);
    expect(forgotten).toBe(2);
    expect((await cluster.call('GET', `/snapshots/${made[0]}`)).status).toBe(404);
  });

  it('shows in advance what a retention keeps, and says when there is nothing to forget', async () => {
    const preview = await cluster.api('POST', '/retention-preview', retentionPreview, {
      taskId: task.id,
      retention: { keepLast: 1, keepYearly: 5 },
    });
    expect(preview.paused).toBeNull();
    expect(preview.snapshots.map(({ keep }) => keep)).toEqual([true, true]);
    expect(preview.snapshots.map(({ reasons }) => reasons.map(({ text }) => text))).toEqual([
      ['one of the last', 'yearly'],
      ['oldest, counted as yearly'],
    ]);
    const own = await cluster.api('GET', `/tasks/${task.id}/retention-preview`, retentionPreview);
    expect(own.snapshots.map(({ keep }) => keep)).toEqual([true, true]);
    const refused = await cluster.call('POST', `/repositories/${repositoryId}/runs`, { kind: 'forget' });
    expect([refused.status, refused.problem().code]).toEqual([409, 'conflict']);
  });

  it('prunes what nothing needs any more, and reads a part', async () => {
    const pruned = await carry({ kind: 'prune' });
    expect(pruned).toMatchObject({ state: 'succeeded', kind: 'prune', reason: null });
    expect(pruned.stats?.bytesFreed).toBeGreaterThan(1.9 * BYTES);
    expect(pruned.stats?.packsRemoved).toBeGreaterThan(0);
    const checked = await carry({ kind: 'check', readDataSubset: '1/2' });
    expect(checked).toMatchObject({ state: 'succeeded' });
    const [copy] = (await repository()).copies;
    expect(copy?.care).toMatchObject({
      lastPrunedAt: expect.any(String),
      lastCheckedAt: expect.any(String),
      readShare: 0.5,
    });
    const next = Date.parse(copy?.care.nextPruneAt ?? '') - Date.parse(copy?.care.lastPrunedAt ?? '');
    expect(next).toBe(7 * 86_400_000);
  });

  it('has its locks shown, and removed by hand', async () => {
    const { copies } = await repository();
    const body = { verbs: ['read', 'lock'], expiresInSeconds: 600 };
    const tokens = `/repositories/${repositoryId}/access-tokens`;
    const access = (await cluster.api('POST', tokens, accessTokensAnswer, body)).copies[0];
    const { password } = await cluster.api('GET', `/repositories/${repositoryId}/recovery-kit`, recoveryKit);
    const store = createRestStore({ url: access?.url ?? '', token: () => access?.token ?? '' });
    try {
      const opened = await openRepository(store, password);
      const timeMs = Date.now() - 29 * 60_000;
      const lock = { timeMs, exclusive: true, hostname: 'elsewhere', username: 'x', pid: 7, uid: 0, gid: 0 };
      const lockName = await opened.saveUnpacked('locks', encodeLock(lock));
      const path = `/repositories/${repositoryId}/locks`;
      const locks = () => cluster.api('GET', path, repositoryLocks);
      const nodeId = copies[0]?.nodeId ?? '';
      expect(await locks()).toEqual({
        items: [
          {
            ...{ nodeId, nodeName: 'alpha', lockName, exclusive: true, hostname: 'elsewhere', username: 'x' },
            ...{ pid: 7, since: new Date(timeMs).toISOString(), runId: null, stale: false },
          },
        ],
        unread: [],
      });
      expect((await cluster.call('DELETE', `${path}/${nodeId}/${lockName}`)).status).toBe(204);
      expect((await locks()).items).toEqual([]);
      expect((await cluster.call('DELETE', `${path}/${nodeId}/${lockName}`)).status).toBe(404);
    } finally {
      store.close();
    }
  });

  it.skipIf(!hasRestic)(withRestic('a snapshot of nobody that we sent pauses forgetting'), async () => {
    const before = await inCatalog();
    await restic('backup', '--host', 'stranger', source);
    const seen = await cluster.api('GET', `/tasks/${task.id}/retention-preview`, retentionPreview);
    expect(seen).toMatchObject({
      paused: { kind: 'paused-by-unknown', values: { count: 1, nodes: ['alpha'] } },
      unknown: [{ nodeName: 'alpha' }],
    });
    const stranger = seen.unknown[0]?.snapshotId ?? '';
    const run = await backUp();
    expect(run.state).toBe('succeeded');
    expect(await inCatalog()).toEqual([...before, run.snapshotId].sort());
    await restic('forget', stranger);
    await cluster.api('POST', `/repositories/${repositoryId}/runs`, startRunAnswer, { kind: 'forget' });
    const left = await cluster.until(inCatalog, (ids) => ids.length === 2);
    expect(left).toContain(run.snapshotId);
    expect((await carry({ kind: 'prune', maxUnused: { kind: 'bytes', bytes: 0 } })).state).toBe('succeeded');
  });

  it.skipIf(!hasRestic)(withRestic('stock restic finds the same snapshots, and no fault'), async () => {
    const snapshots = JSON.parse(await restic('snapshots', '--json')) as { id: string }[];
    expect(snapshots.map(({ id }) => id).sort()).toEqual(await inCatalog());
    expect(await restic('check', '--read-data')).toContain('no errors were found');
  });
});
