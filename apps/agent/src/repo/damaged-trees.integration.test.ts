import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describeWithRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compareTrees } from '../testing/compare-trees.ts';
import { DamageableRepository, type Victim } from '../testing/damageable-repository.ts';
import { repoInProcess } from '../testing/repo-in-process.ts';
import type { EndedProgram } from '../testing/repo-program.ts';

let damageable: DamageableRepository;
let source: string;

beforeAll(async () => {
  damageable = await DamageableRepository.create(async (given) => {
    source = given;
    mkdirSync(join(source, 'x', 'y', 'deep'), { recursive: true });
    mkdirSync(join(source, 'z'));
    writeFileSync(join(source, 'x', 'big'), randomBytes(3_000_000));
    writeFileSync(join(source, 'x', 'y', 'm'), randomBytes(300_000));
    writeFileSync(join(source, 'x', 'y', 'deep', 'n'), 'deep');
    writeFileSync(join(source, 'z', 'f'), 'hi');
    const folder = dirname(source);
    const access = ['--repo', join(folder, 'whole'), '--password-file', join(folder, 'password')];
    expect(await repoInProcess(['backup', source, ...access])).toMatchObject({ code: 0 });
  });
});
afterAll(() => damageable.remove());
beforeEach(() => damageable.copy());

const backUp = (...args: string[]): Promise<EndedProgram> =>
  repoInProcess(['backup', source, ...damageable.access, ...args]);

/** The folders of this path in the snapshot, which begins at the root. */
const inSnapshot = (...names: string[]): string[] => [...source.split('/').slice(1), ...names];

/** Flips a byte in the tree of each of these folders. */
async function damageTrees(...paths: string[][]): Promise<{ tree: string; packId: string }[]> {
  // All are found before the first is damaged, which may be the way to the next.
  const victims: Victim[] = [];
  for (const path of paths) victims.push(await damageable.victim(path, 'tree'));
  for (const { blob, packId } of victims) damageable.flip(damageable.packPath(packId), blob.offset + 20);
  return victims.map(({ blob, packId }) => ({ tree: blob.id, packId }));
}

/** Stock restic and ours restore the last snapshot as the source is. */
async function expectWhole(): Promise<void> {
  const theirs = join(damageable.folder, 'theirs');
  const ours = join(damageable.folder, 'ours');
  await damageable.restic.run('restore', 'latest', '--target', theirs);
  const restored = await repoInProcess(['restore', 'latest', '--target', ours, ...damageable.access]);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(compareTrees(source, join(theirs, source))).toEqual([]);
  expect(compareTrees(source, join(ours, source))).toEqual([]);
  for (const folder of [theirs, ours]) rmSync(folder, { recursive: true });
}

/** What is told of damaged trees, and nothing else. */
function told({ code, stderr }: EndedProgram): string[] {
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stderr.split('\n').filter((line) => line.includes('cannot be read'));
}

describeWithRestic('a backup whose parent snapshot has damaged trees', () => {
  it.each([
    ['a folder deep below', () => inSnapshot('x', 'y')],
    ['the folder that is backed up', () => inSnapshot()],
    ['a folder above it', () => inSnapshot().slice(0, 1)],
    ['the root', () => []],
  ])('stores the tree of %s again, says so, and is whole', async (_what, path) => {
    const victim = path();
    const [{ tree, packId } = { tree: '', packId: '' }] = await damageTrees(victim);
    const lines = told(await backUp());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`tree ${tree} of /${victim.join('/')}, which earlier snapshots name`);
    expect(lines[0]).toContain(`pack ${packId} is damaged at tree blob ${tree}`);
    await expectWhole();

    const next = await backUp();
    expect(next).toMatchObject({ code: 0, stderr: '' });
    await expectWhole();
  });

  it('finds trees below a damaged one that are damaged, too, in the same run', async () => {
    const damaged = await damageTrees(
      [],
      inSnapshot('x'),
      inSnapshot('x', 'y'),
      inSnapshot('x', 'y', 'deep'),
      inSnapshot('z'),
    );
    const all = told(await backUp()).join('\n');
    for (const { tree } of damaged) expect(all).toContain(tree);
    await expectWhole();
    expect(told(await backUp())).toEqual([]);
  });

  it('tells it with --json as warnings', async () => {
    const [{ tree } = { tree: '' }] = await damageTrees(inSnapshot('x', 'y'));
    const { stderr } = await backUp('--json');
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ message_type: 'warning', message: expect.stringContaining(tree) }]);
  });

  it.each([
    [
      'truncated',
      (path: string) => damageable.rewrite(path, (bytes) => bytes.subarray(0, bytes.length >> 1)),
    ],
    ['gone', (path: string) => rmSync(path)],
  ])('stores all trees again whose pack is %s', async (_how, damage) => {
    const { blob, packId } = await damageable.victim([], 'tree');
    damage(damageable.packPath(packId));
    const lines = told(await backUp());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`tree ${blob.id} of /, which`);
    expect(lines[0]).toContain(packId);
    expect(told(await backUp())).toEqual([]);
    // Stock restic asks for a pack that is gone for minutes, unless no index names it any more.
    const forget = ['forget', '--group-by', 'host', '--keep-last', '1', '--prune', ...damageable.access];
    expect(await repoInProcess(forget)).toMatchObject({ code: 0, stderr: '' });
    await expectWhole();
  });

  it('keeps what was stored again when a prune takes one place of each blob', async () => {
    await damageTrees(inSnapshot('x', 'y'), inSnapshot('z'));
    await backUp();
    expect(await repoInProcess(['prune', ...damageable.access])).toMatchObject({ code: 0, stderr: '' });
    await expectWhole();
    await damageable.restic.run('check', '--read-data');
  });

  it('reads only the files of the folder again', async () => {
    await damageTrees(inSnapshot('x', 'y'));
    const { stdout } = await backUp('--json');
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ files_new: 2, files_unmodified: 2, data_blobs: 0 });
  });
});
