import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CopyCare } from '@breakwater/contract/repository-care';
import { event, page, recoveryKit, repository as repositoryShape } from '@breakwater/contract/resources';
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
const BYTES = 1_500_000;

beforeAll(async () => {
  cluster = await RealCluster.start();
  source = join(cluster.folder, 'source');
  await mkdir(source);
  await writeFile(join(source, 'data.bin'), randomBytes(BYTES));
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
  });
  const run = await backUp();
  repositoryId = run.repositoryId ?? '';
});
afterAll(() => cluster.close());

async function backUp(): Promise<RunDetail> {
  const { runId } = await cluster.api('POST', `/tasks/${task.id}/runs`, startRunAnswer, {});
  return cluster.ended(runId);
}

async function check(more: object): Promise<RunDetail> {
  const body = { kind: 'check', ...more };
  const { runId } = await cluster.api('POST', `/repositories/${repositoryId}/runs`, startRunAnswer, body);
  return cluster.ended(runId);
}

async function care(): Promise<CopyCare> {
  const { copies } = await cluster.api('GET', `/repositories/${repositoryId}`, repositoryShape);
  if (copies[0] === undefined) throw new Error('there is no copy');
  return copies[0].care;
}

const kit = () => cluster.api('GET', `/repositories/${repositoryId}/recovery-kit`, recoveryKit);

/** The largest pack on the node's own disk: one with data. */
async function dataPack(): Promise<string> {
  const folder = join((await kit()).copies[0]?.path ?? '', 'data');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  const packs = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path, size: (await stat(path)).size };
    }),
  );
  return packs.sort((a, b) => b.size - a.size)[0]?.path ?? '';
}

/** Stock restic at the node's own files, with what the kit says. */
async function restic(...args: string[]): Promise<string> {
  const { copies, password } = await kit();
  const cache = await mkdtemp(join(cluster.folder, 'cache-'));
  const { stdout } = await promisify(execFile)('restic', ['--cache-dir', cache, ...args], {
    env: { ...process.env, RESTIC_REPOSITORY: copies[0]?.path ?? '', RESTIC_PASSWORD: password },
  });
  return stdout;
}

async function mendedEvents(): Promise<number> {
  const { items } = await cluster.api('GET', '/events?limit=200', page(event));
  return items.filter(({ kind }) => kind === 'damage-mended').length;
}

describe('damage on a copy', () => {
  it.skipIf(!hasRestic).each([
    {
      name: 'a flipped byte',
      damage: async (path: string) => {
        const bytes = await readFile(path);
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        await rm(path);
        await writeFile(path, bytes);
      },
      found: { readData: true },
      judge: ['--read-data'],
    },
    { name: 'a pack that is gone', damage: (path: string) => rm(path), found: {}, judge: [] },
  ])(
    withRestic('$name is found, stored again by the next backup, pruned away, and checked'),
    async (which) => {
      const told = await mendedEvents();
      const path = await dataPack();
      const packId = path.split('/').at(-1) ?? '';
      expect((await care()).damage).toBeNull();
      await which.damage(path);
      const found = await check(which.found);
      expect(found).toMatchObject({ state: 'failed', failure: { code: 'repository-damaged' } });
      const { damage } = await care();
      expect(damage).toMatchObject({ runId: found.id, packIds: [packId], packs: 1, storedAgainAt: null });
      // It would try for long to read a pack that is not there.
      await expect(restic('check', ...which.judge)).rejects.toMatchObject({ code: 1 });

      // Nothing has changed in the source, and yet it is read and stored.
      const again = await backUp();
      expect(again).toMatchObject({ state: 'succeeded' });
      expect(again.stats?.bytesStored).toBeGreaterThan(0.4 * BYTES);
      // The care plan does the rest by itself: prunes, and looks again.
      const healed = await cluster.until(care, (now) => now.damage === null);
      expect(Date.parse(healed.lastPrunedAt ?? '')).toBeGreaterThan(Date.parse(damage?.foundAt ?? ''));
      expect(await mendedEvents()).toBe(told + 1);
      const checked = await restic('check', '--read-data');
      expect(checked).toContain('no errors were found');
      // What is trusted again is not stored again.
      const quiet = await backUp();
      expect(quiet.stats).toMatchObject({ filesUnmodified: 1 });
      expect(quiet.stats?.bytesStored).toBeLessThan(20_000);
    },
    60_000,
  );

  it('stays known while the source has the data no more, and its pack stays for a repair', async () => {
    const path = await dataPack();
    const bytes = await readFile(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await rm(path);
    await writeFile(path, bytes);
    expect((await check({ readData: true })).state).toBe('failed');
    await writeFile(join(source, 'data.bin'), randomBytes(BYTES));
    expect((await backUp()).state).toBe('succeeded');
    const prunes = () => cluster.api('GET', '/runs?kind=prune', page(runShape));
    const pruned = await cluster.until(care, ({ damage, lastPrunedAt }) => {
      return Date.parse(lastPrunedAt ?? '') >= Date.parse(damage?.foundAt ?? '');
    });
    expect(pruned.damage).toMatchObject({ packs: 1, storedAgainAt: expect.any(String) });
    expect(await readFile(path)).toEqual(bytes);
    const { items } = await prunes();
    expect(items[0]).toMatchObject({ state: 'succeeded' });
  }, 60_000);
});
