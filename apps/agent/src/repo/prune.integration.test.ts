import { cpSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { killPrune, makeForgottenRepository } from '../testing/prune-kills.ts';
import { runRepo } from '../testing/repo-program.ts';
import { makeFolder, removeFolder } from '../testing/work-repository.ts';

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
});
afterAll(() => removeFolder(folder));

/** A repository made by stock restic with half of its snapshots forgotten, made once. */
let made: string | null = null;
function forgottenRepository(): string {
  made ??= makeForgottenRepository(folder, 20);
  return made;
}

let copies = 0;
function copyOf(repository: string): string {
  copies += 1;
  const copy = join(folder, `copy-${copies}`);
  cpSync(repository, copy, { recursive: true });
  return copy;
}

function bytesIn(path: string): number {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function resticOn(repository: string): StockRestic {
  return new StockRestic(folder, { RESTIC_REPOSITORY: repository });
}

describeWithRestic('repo prune beside stock restic', () => {
  it.each([
    ['0', []],
    ['5%', ['--repack-small']],
    ['unlimited', ['--repack-cacheable-only']],
  ])('leaves what restic would leave with --max-unused %s', async (maxUnused, more) => {
    const original = copyOf(forgottenRepository());
    const theirs = copyOf(original);
    const wish = ['--max-unused', maxUnused, ...more];
    const rehearsal = await runRepo(folder, [
      'prune',
      '-r',
      original,
      '-p',
      'password',
      '-n',
      ...wish,
      '--json',
    ]);
    expect(rehearsal).toMatchObject({ code: 0, stderr: '' });
    const ours = await runRepo(folder, ['prune', '-r', original, '-p', 'password', ...wish, '--json']);
    expect(ours).toMatchObject({ code: 0, stderr: '' });
    const summary = JSON.parse(
      ours.stdout
        .trim()
        .split('\n')
        .find((line) => line.includes('"summary"')) ?? '',
    );
    expect(rehearsal.stdout).toContain(JSON.stringify(summary));

    const said = await resticOn(theirs).run('prune', ...wish);
    // restic 0.14 prints it in words: used, unused, repacked, deleted blobs.
    const figure = (what: string): number =>
      Number(new RegExp(`^${what}: +(\\d+) blobs`, 'm').exec(said)?.[1]);
    expect(summary.blobs).toMatchObject({
      repack: figure('to repack'),
      repack_remove: figure('this removes'),
      remove: figure('to delete'),
      remaining: figure('remaining'),
    });
    await resticOn(original).run('check', '--read-data');
    const again = await resticOn(original).run('prune', '--dry-run', ...wish);
    expect(again).toMatch(/^total prune: +0 blobs/m);
    expect(Math.abs(bytesIn(original) / bytesIn(theirs) - 1)).toBeLessThan(0.02);
    expect(readdirSync(join(original, 'locks'))).toEqual([]);
  });

  it('finds nothing to do where restic has pruned', async () => {
    const repository = copyOf(forgottenRepository());
    await resticOn(repository).run('prune', '--max-unused', '0');
    const ours = await runRepo(folder, ['prune', '-r', repository, '-p', 'password', '--max-unused', '0']);
    expect(ours).toMatchObject({ code: 0, stdout: expect.stringMatching(/total prune: +0 blobs/) });
  });

  it('loses nothing that is needed when it is killed, and ends the work the next time', async () => {
    const original = forgottenRepository();
    const copy = join(folder, 'copy');
    const whole = await killPrune(folder, original, copy, 20_000);
    expect(whole.errors).toEqual([]);
    for (let round = 0; round < 8; round += 1) {
      const result = await killPrune(folder, original, copy, Math.round(Math.random() * 300));
      expect(result.errors, `killed after ${result.delayMs} ms`).toEqual([]);
    }
    const ended = await runRepo(folder, ['prune', '-r', copy, '-p', 'password', '--max-unused', '0']);
    expect(ended).toMatchObject({ code: 0 });
    await resticOn(copy).run('check', '--read-data');
    expect(await resticOn(copy).run('prune', '--dry-run', '--max-unused', '0')).toMatch(
      /^total prune: +0 blobs/m,
    );
  }, 120_000);

  it('says what is wrong with its options', async () => {
    const access = ['-r', 'repository', '-p', 'password'];
    for (const [option, value] of [
      ['--max-unused', '100%'],
      ['--max-repack-size', '-1'],
      ['--pack-size', '3'],
    ] as const) {
      const { code, stderr } = await runRepo(folder, ['prune', ...access, `${option}=${value}`]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(option)]);
    }
  });
});
