import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { repoInProcess } from '../testing/repo-in-process.ts';
import { createRepository } from '../testing/work-repository.ts';

describeWithRestic('repo snapshots', () => {
  let restic: StockRestic;

  beforeAll(async () => {
    restic = await StockRestic.create();
    vi.stubEnv('RESTIC_REPOSITORY', restic.repository);
    vi.stubEnv('RESTIC_PASSWORD', PASSWORD);
    vi.stubEnv('RESTIC_HOST', '');
    await createRepository(restic.repository);
    for (const name of ['b', 'a']) {
      mkdirSync(join(restic.root, name));
      writeFileSync(join(restic.root, name, 'file'), name);
    }
    const made = [
      ['-H', 'one', '--tag', 'x,y', 'b', 'a'],
      ['-H', 'two', 'a'],
      ['-H', 'one', '--tag', 'y', '-e', '*.o', 'b', 'a'],
      ['-H', 'one', '--tag', 'y,x', 'a'],
      ['-H', 'one', 'a', 'b'],
    ];
    for (const [at, args] of made.entries()) {
      await restic.run('backup', '--quiet', '--time', `2024-01-0${9 - at} 01:02:03`, ...args);
    }
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await restic.remove();
  });

  it.each([
    [[]],
    [['--host', 'one']],
    [['--host', 'one', '--host', 'two', '--tag', 'x']],
    [['--tag', 'x,y']],
    [['--tag', 'x', '--tag', '']],
    [['--path', '@/b']],
    [['--path', '@/b', '--path', '@/a']],
    [['--latest', '1']],
    [['--latest', '2', '--host', 'one']],
    [['latest']],
    [['--host', 'nobody']],
  ])('answers programs as restic does: %j', async (args) => {
    const given = args.map((word) => word.replace('@', restic.root));
    const { code, stdout } = await repoInProcess(['snapshots', '--json', ...given]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await restic.run('snapshots', '--json', ...given)));
  });

  it.each(['host', 'paths', 'tags', 'host,tags', 'host,paths,tags'])(
    'groups by %s as restic does',
    async (by) => {
      type Group = { group_key: { [part: string]: unknown } };
      const sorted = (text: string): Group[] =>
        (JSON.parse(text) as Group[]).sort((a, b) =>
          JSON.stringify(a.group_key) < JSON.stringify(b.group_key) ? -1 : 1,
        );
      const given = ['--group-by', by];
      const { stdout } = await repoInProcess(['snapshots', '--json', ...given]);
      expect(sorted(stdout)).toEqual(sorted(await restic.run('snapshots', '--json', ...given)));
    },
  );

  it('lists the last of each group', async () => {
    const { stdout } = await repoInProcess(['snapshots', '--json', '--group-by', 'host', '--latest', '2']);
    const groups = JSON.parse(stdout) as { group_key: { hostname: string }; snapshots: { time: string }[] }[];
    const times = groups.map(({ group_key, snapshots }) => [
      group_key.hostname,
      snapshots.map(({ time }) => time.slice(0, 10)),
    ]);
    // Restic 0.14 counts by host and paths inside a group, too; later versions do not.
    expect(times).toEqual([
      ['one', ['2024-01-07', '2024-01-09']],
      ['two', ['2024-01-08']],
    ]);
  });

  it('shows people a table, with a description where there is one', async () => {
    const source = join(restic.root, 'a');
    await repoInProcess(['backup', '--quiet', '-H', 'three', '--description', 'by hand', source]);
    const { stdout } = await repoInProcess(['snapshots', '--host', 'three']);
    expect(stdout).toMatch(
      /^ID +Time +Host +Tags +Paths +Description +Size\n-+\n[0-9a-f]{8} .* three +.*by hand/,
    );
    const grouped = await repoInProcess(['snapshots', '--group-by', 'host']);
    expect(grouped.stdout).toContain('snapshots for (host [one]):\n');
    expect((await repoInProcess(['snapshots', '--latest', '0'])).stderr).toContain('--latest');
  });
});
