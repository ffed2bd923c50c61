import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
    mkdirSync(join(source, 'sub'));
    writeFileSync(join(source, 'big'), randomBytes(3_000_000));
    writeFileSync(join(source, 'sub', 'small'), randomBytes(300_000));
    const folder = dirname(source);
    const access = ['--repo', join(folder, 'whole'), '--password-file', join(folder, 'password')];
    expect(await repoInProcess(['backup', source, ...access])).toMatchObject({ code: 0 });
  });
});
afterAll(() => damageable.remove());
beforeEach(() => damageable.copy());

const repo = (...args: string[]): Promise<EndedProgram> => repoInProcess([...args, ...damageable.access]);

async function victimAt(type: 'data' | 'tree', ...names: string[]): Promise<Victim> {
  return await damageable.victim([...source.split('/').slice(1), ...names], type);
}

/** The commands of ours that a check advises, as arguments. */
async function advised(...args: string[]): Promise<string[][]> {
  const { code, stdout } = await repo('check', ...args);
  expect(code).toBe(1);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('  breakwater-agent repo '))
    .map((line) =>
      line
        .trim()
        .split(' ')
        .slice(2)
        .map((word) => (word === 'PATH…' ? source : word)),
    );
}

async function expectSound(): Promise<void> {
  await damageable.restic.run('check', '--read-data');
  const target = join(damageable.folder, 'restored');
  await damageable.restic.run('restore', 'latest', '--target', target);
  expect(compareTrees(source, join(target, source))).toEqual([]);
  rmSync(target, { recursive: true });
}

describeWithRestic('what a check advises', () => {
  it.each([
    ['data', ['big']],
    ['tree', ['sub']],
  ] as const)(
    'heals a pack with a damaged %s blob: a backup and a prune that distrust it',
    async (type, path) => {
      const { blob, packId } = await victimAt(type, ...path);
      damageable.flip(damageable.packPath(packId), blob.offset + 20);
      const commands = await advised('--read-data');
      expect(commands).toEqual([
        ['backup', '--distrust-pack', packId, source],
        ['prune', '--distrust-pack', packId],
      ]);
      for (const command of commands) expect(await repo(...command)).toMatchObject({ code: 0, stderr: '' });
      expect(readdirSync(join(damageable.place, 'data'), { recursive: true })).not.toContain(
        join(packId.slice(0, 2), packId),
      );
      await expectSound();
    },
  );

  it('heals a pack with a damaged tree that a check of the structure found', async () => {
    const { blob, packId } = await victimAt('tree', 'sub');
    damageable.flip(damageable.packPath(packId), blob.offset + 20);
    for (const command of await advised()) expect(await repo(...command)).toMatchObject({ code: 0 });
    await expectSound();
  });

  it.each([
    [
      'truncated',
      (path: string) => damageable.rewrite(path, (bytes) => bytes.subarray(0, bytes.length >> 1)),
    ],
    ['missing', (path: string) => rmSync(path)],
  ])('heals a pack that is %s without being told which', async (_how, damage) => {
    const data = await victimAt('data', 'big');
    damage(damageable.packPath(data.packId));
    const commands = await advised();
    expect(commands).toEqual([['backup', source], ['prune']]);
    for (const command of commands) expect(await repo(...command)).toMatchObject({ code: 0, stderr: '' });
    await expectSound();
    const again = await repo('check', '--read-data');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).not.toContain('breakwater-agent repo');
  });

  it('leaves a pack that a snapshot needs and no backup brings back', async () => {
    const { blob, packId } = await victimAt('data', 'big');
    damageable.flip(damageable.packPath(packId), blob.offset + 20);
    const pruned = await repo('prune', '--distrust-pack', packId);
    expect(pruned).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`damaged pack ${packId} stays`),
    });
    expect(readdirSync(join(damageable.place, 'data', packId.slice(0, 2)))).toContain(packId);
  });
});

describeWithRestic('--distrust-pack', () => {
  const unknown = 'ab'.repeat(32);

  it.each([
    [['backup', '--distrust-pack', 'latest'], '"latest" is no id of a pack'],
    [['prune', '--distrust-pack', `${unknown},`], '"" is no id of a pack'],
    [['backup', '--distrust-pack', unknown], `names pack ${unknown}`],
    [['prune', '--distrust-pack', unknown], `names pack ${unknown}`],
    [['forget', '--keep-last', '1', '--prune', '--distrust-pack', unknown], `names pack ${unknown}`],
  ])('refuses what is no pack of the repository: %j', async ([command = '', ...args], message) => {
    await repo('backup', source);
    const before = readdirSync(damageable.place, { recursive: true }).sort();
    const refused = await repo(command, ...args, ...(command === 'backup' ? [source] : []));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--distrust-pack');
    expect(refused.stderr).toContain(message);
    expect(readdirSync(damageable.place, { recursive: true }).sort()).toEqual(before);
  });
});
