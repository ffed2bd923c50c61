import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTrees } from '../testing/compare-trees.ts';
import { openWithIndex } from '../testing/work-repository.ts';
import { repoInProcess } from '../testing/repo-in-process.ts';
import type { EndedProgram } from '../testing/repo-program.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What restic 0.14 does not write yet, or writes as zero where newer versions leave it out. */
const NEWER = new Set([
  'message_type',
  'inode',
  'summary',
  'total_uncompressed_size',
  'compression_ratio',
  'compression_progress',
  'compression_space_saving',
]);

function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name, field]) => !NEWER.has(name) && field !== 0);
  return Object.fromEntries(fields.map(([name, field]) => [name, comparable(field)]));
}

function jsonLines(text: string): Json {
  return text
    .trim()
    .split('\n')
    .map((line) => comparable(JSON.parse(line)));
}

describeWithRestic('reading commands, judged by stock restic', () => {
  let restic: StockRestic;
  let source: string;
  let ids: string[];

  beforeAll(async () => {
    restic = await StockRestic.create();
    source = join(restic.root, 'source');
    writeFileSync(join(restic.root, 'password'), PASSWORD);
    await restic.run('init', '--quiet');
    fillFirst(source);
    await restic.run('backup', '--quiet', '--host', 'first', '--tag', 'a,b', 'source');
    changeToSecond(source);
    await restic.run('backup', '--quiet', '--host', 'second', 'source');
    const listed = JSON.parse(await restic.run('snapshots', '--json')) as { id: string }[];
    ids = listed.map(({ id }) => id);
  });
  afterAll(() => restic.remove());

  async function ours(...args: string[]): Promise<EndedProgram> {
    const access = ['--repo', restic.repository, '--password-file', join(restic.root, 'password')];
    return await repoInProcess([...args, ...access]);
  }

  async function sameText(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await ours(...args);
    expect({ args, code, stderr, stdout }).toEqual({
      args,
      code: 0,
      stderr: '',
      stdout: await restic.run(...args),
    });
  }

  async function sameJson(...args: string[]): Promise<void> {
    const { code, stdout } = await ours(...args, '--json');
    expect({ args, code, records: jsonLines(stdout) }).toEqual({
      args,
      code: 0,
      records: jsonLines(await restic.run(...args, '--json')),
    });
  }

  it('ls lists the same entries, long and short, of folders and of everything', async () => {
    await sameText('ls', '--quiet', '--long', 'latest');
    await sameText('ls', '--quiet', 'latest', '/source/sub', '/source/sub two');
    await sameText('ls', '--quiet', '--recursive', 'latest', '/source/sub');
    await sameText('ls', '--quiet', 'latest', '/source/no such folder');
    await sameJson('ls', 'latest');
    await sameJson('ls', '--host', 'first', '--tag', 'b', 'latest');
  });

  it('ls takes a folder of a snapshot, sorts, and shows sizes for people', async () => {
    const lines = async (...args: string[]): Promise<string[]> =>
      (await ours('ls', '--quiet', ...args)).stdout.trim().split('\n');
    expect(await lines('latest:/source/sub')).toEqual(['/.hidden', '/deep', '/deep/settings.conf']);
    const bySize = await lines('latest', '--sort', 'size', '--reverse');
    expect(bySize.slice(0, 2)).toEqual(['/source/random', '/source/text']);
    expect((await lines('latest', '--sort', 'extension')).at(-1)).toBe('/source/new/note.txt');
    const [shown] = await lines('latest', '/source/random', '--long', '--human-readable');
    expect(shown).toContain(' 1.907 MiB ');
    expect((await ours('ls', 'latest', 'source')).code).toBe(1);
    expect((await ours('ls', 'latest:/nowhere')).stderr).toContain('/nowhere');
  });

  it('find finds the same by pattern and time', async () => {
    for (const args of [
      ['*.conf'],
      ['/source/sub'],
      ['/source/*/settings.conf', 'note.txt'],
      ['/source/**/settings.*'],
      ['-i', 'ÜML*', '*.TXT'],
      ['--long', 'random'],
      ['--newest', '2001-12-31', '*'],
      ['--oldest', '2002-01-01', 'e*'],
      ['nothing like this'],
    ]) {
      await sameText('find', '--snapshot', ids[1] ?? '', ...args);
    }
    await sameJson('find', '--host', 'first', '*');
    await sameJson('find', '--snapshot', 'latest', '-i', '*.TXT');
    // Newest first, where restic 0.14 has no order.
    const { stdout } = await ours('find', 'settings.conf');
    expect(stdout.match(/snapshot \w{8}/g)).toEqual(
      ids.toReversed().map((id) => `snapshot ${id.slice(0, 8)}`),
    );
  });

  it('find finds what blobs, trees and packs belong to', async () => {
    const opened = await openWithIndex(restic.repository);
    const { nodes } = await opened.loadTree((await opened.loadSnapshot('latest')).snapshot.tree);
    const tree = nodes[0]?.subtree ?? '';
    const packs = readdirSync(join(restic.repository, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.length === 67)
      .map((name) => name.slice(3));
    await sameText('find', '--tree', tree);
    await sameJson('find', '--tree', tree.slice(0, 8));
    // restic tells the objects of packs in an order of its own.
    const found = new Set<string>();
    for (const pack of packs) {
      const { stdout } = await ours('find', '--pack', pack, '--json');
      const objects = JSON.parse(stdout) as { object_type: string; id: string; path: string }[];
      const theirs = JSON.parse(await restic.run('find', '--pack', pack, '--json')) as typeof objects;
      // It does not look for trees of packs that hold nothing else.
      const keys = (list: typeof objects): string[] =>
        list
          .filter(({ object_type }) => object_type === 'blob')
          .map(({ id, path }) => `${id} ${path}`)
          .sort();
      expect(keys(objects)).toEqual(keys(theirs));
      for (const { object_type, id } of objects) if (object_type === 'blob') found.add(id);
    }
    // restic looks at snapshots in the order in which their files happen to be read.
    const records = (json: string): string[] =>
      (JSON.parse(json) as object[]).map((record) => JSON.stringify(record)).sort();
    const lines = (text: string): string[] => text.split('\n').sort();
    expect(found.size).toBeGreaterThan(0);
    for (const blob of [...found].slice(0, 4)) {
      const asked = ['find', '--blob', blob] as const;
      expect(records((await ours(...asked, '--json')).stdout)).toEqual(
        records(await restic.run(...asked, '--json')),
      );
      expect(lines((await ours(...asked)).stdout)).toEqual(lines(await restic.run(...asked)));
    }
    expect((await ours('find', '--pack', 'f'.repeat(64))).code).toBe(1);
  });

  it('diff tells the same changes and statistics', async () => {
    const [from = '', to = ''] = ids;
    for (const pair of [
      [from, to],
      [to, from],
      [from, from],
    ]) {
      await sameText('diff', ...pair);
      const { stdout } = await ours('diff', '--metadata', ...pair, '--json');
      expect(stdout).toBe(await restic.run('diff', '--metadata', ...pair, '--json'));
    }
    const within = await ours('diff', `${from}:/source/sub`, `${to}:/source/sub`);
    expect(within.stdout).toContain('\nM    /deep/settings.conf\n');
    expect(within.stdout).toContain('Files:           0 new,     0 removed,     1 changed');
  });

  it.each(['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'])(
    'stats counts the same in the mode %s',
    async (mode) => {
      await sameJson('stats', '--mode', mode);
      await sameJson('stats', '--mode', mode, 'latest');
      await sameJson('stats', '--mode', mode, '--host', 'first');
    },
  );

  it('stats in words, and what compression saves', async () => {
    const { stdout } = await ours('stats', '--mode', 'raw-data');
    expect(stdout).toMatch(/^Stats in raw-data mode:\n {5}Snapshots processed: {2}2\n/);
    expect(stdout).toMatch(/Compression Ratio: {2}\d+\.\d\dx/);
  });

  it('dump gives a file, and a folder as tar and zip that unpack to what was backed up', async () => {
    const target = join(restic.root, 'dumped');
    expect(await ours('dump', 'latest', '/source/random', '--target', target)).toMatchObject({ code: 0 });
    expect(readFileSync(target).equals(readFileSync(join(source, 'random')))).toBe(true);

    const unpacked = join(restic.root, 'unpacked');
    mkdirSync(unpacked);
    expect(await ours('dump', 'latest', '/', '--target', target)).toMatchObject({ code: 0, stderr: '' });
    execFileSync('tar', ['xpf', target, '-C', unpacked]);
    // Tar has whole seconds, and each name of a linked file has its own content.
    const differences = compareTrees(source, join(unpacked, 'source')).filter(
      (text) => !/: (mtime|linkedWith) /.test(text),
    );
    expect(differences).toEqual([]);

    await ours('dump', 'latest', '/source/sub', '--archive', 'zip', '--target', target);
    const script =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print([(i.filename, i.file_size, oct(i.external_attr >> 16)) for i in z.infolist()])';
    const listed = execFileSync('python3', ['-c', script, target], { encoding: 'utf8' });
    expect(listed.trim()).toBe(
      "[('source/sub/.hidden', 0, '0o100644'), ('source/sub/deep/', 0, '0o40755'), ('source/sub/deep/settings.conf', 8, '0o100644')]",
    );
    for (const path of ['/source/link', '/source/none']) {
      expect(await ours('dump', 'latest', path, '--target', target)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(path),
      });
    }
  });

  describe('restore', () => {
    const cases: string[][] = [
      [],
      ['--include', '*.conf'],
      ['--include', '/source/sub'],
      ['--include', '/source/*/deep', '--include', 'random'],
      ['--include', '/source/**/settings.conf'],
      ['--iinclude', 'ÜML*', '--iinclude', '*.TXT'],
      ['--exclude', '*.conf'],
      ['--exclude', '/source/sub', '--exclude', 'random'],
      ['--iexclude', 'SETTINGS.*'],
      ['--exclude', 's*', '--exclude', '!source', '--exclude', '!sub'],
    ];

    it.each(cases.map((args) => [args.join(' ') || 'everything', args] as const))(
      'takes what restic takes: %s',
      async (_title, args) => {
        const [theirs, own] = ['theirs', 'own'].map((name) => join(restic.root, name)) as [string, string];
        await restic.run('restore', '--quiet', ids[0] ?? '', '--target', theirs, ...args);
        const ended = await ours('restore', ids[0] ?? '', '--target', own, '--verify', ...args);
        expect({ ...ended, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
        // restic 0.14 leaves folders above a match with the time of the restore.
        const differences = compareTrees(theirs, own).filter(
          (text) => args.length === 0 || !text.includes('mtime'),
        );
        expect(differences).toEqual([]);
        for (const folder of [theirs, own]) rmSync(folder, { recursive: true, force: true });
      },
    );

    it('says what it does as restic’s records do', async () => {
      const target = join(restic.root, 'records');
      const { stdout } = await ours(
        'restore',
        'latest:/source/sub',
        '--target',
        target,
        '--json',
        '-v',
        '-v',
      );
      const records = jsonLines(stdout) as { [name: string]: Json }[];
      expect(records.map(({ action, item }) => `${action} ${item}`)).toContain(
        'restored /deep/settings.conf',
      );
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
        message_type: 'summary',
        files_restored: 3,
        total_bytes: 8,
      });
      expect(readdirSync(target).sort()).toEqual(['.hidden', 'deep']);
    });

    it('refuses options that do not go together, naming them', async () => {
      for (const [args, named] of [
        [['--include', 'a', '--exclude', 'b'], '--include and --exclude'],
        [['--dry-run', '--verify'], '--dry-run and --verify'],
        [['--delete'], '--delete without --overwrite'],
        [['--delete', '--overwrite', 'always', '--target', '/'], '--delete with the target /'],
        [['--include', '[a'], '[a'],
        [['--overwrite', 'sometimes'], '--overwrite'],
      ] as const) {
        const { code, stderr } = await ours(
          'restore',
          'latest',
          '--target',
          join(restic.root, 'none'),
          ...args,
        );
        expect({ code, named: stderr.includes(named), args }).toEqual({ code: 1, named: true, args });
      }
    });
  });
});

function fillFirst(source: string): void {
  mkdirSync(join(source, 'sub/deep'), { recursive: true });
  mkdirSync(join(source, 'sub two'));
  mkdirSync(join(source, 'gone/deeper'), { recursive: true });
  writeFileSync(join(source, 'random'), randomBytes(2_000_000));
  writeFileSync(join(source, 'text'), 'All work and no play makes Jack a dull boy.\n'.repeat(10_000));
  writeFileSync(join(source, 'same text'), readFileSync(join(source, 'text')));
  writeFileSync(join(source, 'empty'), '');
  writeFileSync(join(source, 'old'), 'old');
  utimesSync(join(source, 'old'), 1_000_000_000, 1_000_000_000);
  writeFileSync(join(source, 'sub/.hidden'), '');
  writeFileSync(join(source, 'sub/deep/settings.conf'), 'first');
  writeFileSync(join(source, 'sub two/Üml aut.TXT'), 'text');
  writeFileSync(join(source, 'gone/deeper/file'), 'gone');
  linkSync(join(source, 'old'), join(source, 'linked'));
  symlinkSync('old', join(source, 'link'));
  chmodSync(join(source, 'text'), 0o4755);
  expect(lstatSync(join(source, 'linked')).nlink).toBe(2);
}

function changeToSecond(source: string): void {
  writeFileSync(join(source, 'sub/deep/settings.conf'), 'second!!');
  rmSync(join(source, 'gone'), { recursive: true });
  mkdirSync(join(source, 'new'));
  writeFileSync(join(source, 'new/note.txt'), 'new');
  chmodSync(join(source, 'text'), 0o644);
  rmSync(join(source, 'empty'));
  mkdirSync(join(source, 'empty'));
  expect(readlinkSync(join(source, 'link'))).toBe('old');
}
