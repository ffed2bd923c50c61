import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeLock } from '@breakwater/restic-format/lock-file';
import { openRepository } from '@breakwater/restic-format/repository';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import {
  accessTokensAnswer,
  agent as agentShape,
  overview as overviewShape,
  page,
  recoveryKit,
  repository as repositoryShape,
  snapshot as snapshotShape,
  snapshotFiles,
  speed,
} from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { browseAnswer, previewAnswer } from '@breakwater/contract/agent-messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeStaleLocks } from '../repositories/remove-stale-locks.ts';
import { RealCluster } from '../testing/real-cluster.ts';
import type { TestCenter } from '../testing/start-test-center.ts';

/** In CI it has to be there: then its absence is a failure, not a skip. */
const hasRestic = process.env.CI !== undefined || spawnSync('restic', ['version']).status === 0;
const withRestic = (name: string) => (hasRestic ? name : `${name} (skipped: restic not installed)`);

let cluster: RealCluster;
let center: TestCenter;
let folder: string;
const ADDRESS = 'source.test';
const NODES = ['alpha', 'beta'];

beforeAll(async () => {
  cluster = await RealCluster.start({ config: { probeIntervalMs: 300 } });
  center = cluster.center;
  folder = cluster.folder;
  await Promise.all([
    ...NODES.map((name) => cluster.startNode(name)),
    cluster.startAgent(ADDRESS, 'agent'),
    cluster.startAgent('maintenance.test', 'maintenance'),
  ]);
  await writeSource();
  await cluster.until(
    () => api('GET', '/speeds', page(speed)),
    ({ items }) => items.length === NODES.length && items.every((one) => one.samples > 0),
  );
});
afterAll(() => cluster.close());

const api: RealCluster['api'] = (...call) => cluster.api(...call);
const ended: RealCluster['ended'] = (runId) => cluster.ended(runId);

async function writeSource(): Promise<void> {
  const source = join(folder, 'source');
  await mkdir(join(source, 'sub folder'), { recursive: true });
  await writeFile(join(source, 'hello.txt'), 'hello\n');
  await writeFile(join(source, 'sub folder', 'Übersicht 中.bin'), Buffer.alloc(3_000_000, 'breakwater'));
}

async function download(snapshotId: string, path: string): Promise<Response> {
  return fetch(`${center.url}/api/v1/snapshots/${snapshotId}/download?path=${encodeURIComponent(path)}`, {
    headers: { authorization: `Bearer ${center.admin.apiToken}` },
  });
}

describe('the real agent and storage nodes', () => {
  it('browses and previews the source live', async () => {
    const { items } = await api('GET', '/agents', page(agentShape));
    const agent = items.find((one) => one.address === ADDRESS);
    const source = join(folder, 'source');
    const files = await api(
      'GET',
      `/agents/${agent?.id}/files?path=${encodeURIComponent(source)}`,
      browseAnswer,
    );
    expect(files.entries.map((entry) => entry.name).sort()).toEqual(['hello.txt', 'sub folder']);
    const preview = await api('POST', `/agents/${agent?.id}/preview`, previewAnswer, {
      paths: [source],
      excludes: [],
    });
    expect(preview).toMatchObject({ files: 2, bytes: 3_000_006, complete: true });
  });

  it('backs up, catalogs, is browsed, downloaded, restored and checked; stock paths come with the kit', async () => {
    const source = join(folder, 'source');
    const task = await api('POST', '/tasks', taskAnswer, {
      name: 'All',
      sourceAddress: ADDRESS,
      paths: [source],
      copies: 1,
    });
    const { runId } = await api('POST', `/tasks/${task.id}/runs`, startRunAnswer, {});
    const run = await ended(runId);
    expect(run).toMatchObject({ state: 'succeeded', issueCount: 0 });
    expect(NODES).toContain(run.placement?.chosen.nodeName);
    expect(run.placement?.ranking).toHaveLength(2);
    expect(run.stats?.bytesProcessed).toBe(3_000_006);

    const [snapshot] = (await api('GET', `/snapshots?sourceAddress=${ADDRESS}`, page(snapshotShape))).items;
    if (snapshot === undefined) throw new Error('there is no snapshot');
    expect(snapshot).toMatchObject({ id: run.snapshotId, runId, taskName: 'All', files: 2 });
    const where = encodeURIComponent(source);
    const { entries } = await api('GET', `/snapshots/${snapshot.id}/files?path=${where}`, snapshotFiles);
    expect(entries).toMatchObject([
      { name: 'hello.txt', type: 'file', size: 6, path: join(source, 'hello.txt') },
      { name: 'sub folder', type: 'dir' },
    ]);

    const file = await download(snapshot.id, join(source, 'sub folder', 'Übersicht 中.bin'));
    expect(file.status).toBe(200);
    expect(file.headers.get('content-length')).toBe('3000000');
    expect(file.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''%C3%9Cbersicht%20%E4%B8%AD.bin",
    );
    expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.alloc(3_000_000, 'breakwater'))).toBe(true);
    expect((await download(snapshot.id, source)).status).toBe(400);
    const missing = await download(snapshot.id, `${source}/nothing`);
    expect([missing.status, (await missing.json()).code]).toEqual([404, 'path-not-found']);

    const target = join(folder, 'restored');
    const restore = await api('POST', '/restores', startRunAnswer, {
      snapshotId: snapshot.id,
      target: { address: ADDRESS, path: target },
    });
    expect(await ended(restore.runId)).toMatchObject({ state: 'succeeded', kind: 'restore' });
    expect(await readFile(join(target, source, 'hello.txt'), 'utf8')).toBe('hello\n');

    const check = await api('POST', `/repositories/${run.repositoryId}/runs`, startRunAnswer, {
      kind: 'check',
      readData: true,
    });
    expect(await ended(check.runId)).toMatchObject({ state: 'succeeded', kind: 'check' });

    const kit = await api('GET', `/repositories/${run.repositoryId}/recovery-kit`, recoveryKit);
    expect(kit.copies).toMatchObject([{ node: run.placement?.chosen.nodeName }]);
    const config = await readFile(join(kit.copies[0]?.path ?? '', 'config'));
    expect(config.length).toBeGreaterThan(0);

    const again = await ended((await api('POST', `/tasks/${task.id}/runs`, startRunAnswer, {})).runId);
    // What the second run may have to send is known by now, so the copy that has it all finishes first.
    expect(again.placement?.chosen.nodeName).toBe(run.placement?.chosen.nodeName);
    expect(again.stats?.filesUnmodified).toBe(2);
    const overview = await api('GET', '/overview?timeZone=Europe/Berlin', overviewShape);
    expect(overview.servers).toMatchObject([{ address: ADDRESS, state: 'ok', tasks: 1 }]);
    expect(overview.servers[0]?.days.at(-1)).toMatchObject({ state: 'ok', runs: 2 });
  });

  it('clears away locks that nobody has refreshed for half an hour, and no other', async () => {
    const [repository] = (await api('GET', '/repositories', page(repositoryShape))).items;
    const kit = await api('GET', `/repositories/${repository?.id}/recovery-kit`, recoveryKit);
    const store = createRestStore({ url: kit.copies[0]?.url ?? '', token: () => token });
    const body = { verbs: ['read', 'lock'], expiresInSeconds: 600 };
    const path = `/repositories/${repository?.id}/access-tokens`;
    const token = (await api('POST', path, accessTokensAnswer, body)).copies[0]?.token ?? '';
    try {
      const opened = await openRepository(store, kit.password);
      const lock = { exclusive: false, hostname: 'elsewhere', username: 'x', pid: 1, uid: 0, gid: 0 };
      await opened.saveUnpacked('locks', encodeLock({ ...lock, timeMs: Date.now() - 31 * 60_000 }));
      const alive = await opened.saveUnpacked(
        'locks',
        encodeLock({ ...lock, timeMs: Date.now() - 29 * 60_000 }),
      );
      expect(await removeStaleLocks(center.center)).toBe(1);
      expect((await store.list('locks')).map(({ name }) => name)).toEqual([alive]);
      await store.remove('locks', alive);
    } finally {
      store.close();
    }
  });

  it.skipIf(!hasRestic)(withRestic('stock restic restores with the kit alone'), async () => {
    const [repository] = (await api('GET', '/repositories', page(repositoryShape))).items;
    const kit = await api('GET', `/repositories/${repository?.id}/recovery-kit`, recoveryKit);
    const commands = kit.commands.filter(
      (line) =>
        line.startsWith('export') ||
        (line.startsWith('restic -r') && line.includes(kit.copies[0]?.path ?? '')),
    );
    const work = await mkdtemp(join(folder, 'kit-'));
    await promisify(execFile)('/bin/sh', ['-ec', commands.join('\n')], {
      cwd: work,
      env: { ...process.env, RESTIC_CACHE_DIR: join(work, 'cache') },
    });
    const restored = join(work, 'restored', folder, 'source', 'hello.txt');
    expect(await readFile(restored, 'utf8')).toBe('hello\n');
  });
});
