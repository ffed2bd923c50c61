import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repoInProcess } from '../testing/repo-in-process.ts';
import { runRepo } from '../testing/repo-program.ts';
import { makeWorkplace, openWithIndex, removeFolder } from '../testing/work-repository.ts';

const program = fileURLToPath(new URL('../../bin/breakwater-agent.mjs', import.meta.url));

let folder: string;
let source: string;
let repository: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
  mkdirSync(join(source, 'sub'));
  for (const name of ['a', 'b', 'c', 'sub/d']) writeFileSync(join(source, name), `content of ${name}`);
  vi.stubEnv('RESTIC_REPOSITORY', repository);
  vi.stubEnv('RESTIC_PASSWORD', PASSWORD);
  vi.stubEnv('RESTIC_HOST', 'here');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await removeFolder(folder);
});

type Record = { [field: string]: unknown };

function records(text: string): Record[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function backUp(...args: string[]): Promise<{ code: number; summary: Record; stderr: string }> {
  const { code, stdout, stderr } = await repoInProcess(['backup', '--json', ...args]);
  return { code, summary: records(stdout).at(-1) ?? {}, stderr };
}

async function snapshots() {
  return (await openWithIndex(repository)).listSnapshots();
}

/** The id of the tree of a folder in a snapshot. */
async function treeBelow(root: string, path: string): Promise<string> {
  const opened = await openWithIndex(repository);
  let tree = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const node = (await opened.loadTree(tree)).nodes.find((one) => one.name === name);
    tree = node?.subtree ?? '';
  }
  return tree;
}

describe('repo backup', () => {
  it('takes tags, host, time and description into the snapshot', async () => {
    const given = ['--tag', 'a,b', '--tag', 'c', '-H', 'elsewhere', '--description', 'before the "move"'];
    expect((await backUp(...given, '--time', '2024-02-29 12:34:56', source)).code).toBe(0);
    expect((await backUp(source)).code).toBe(0);
    const [first, second] = await snapshots();
    expect(first?.snapshot).toMatchObject({
      ...{ tags: ['a', 'b', 'c'], hostname: 'elsewhere', description: 'before the "move"' },
      time: { ns: BigInt(new Date(2024, 1, 29, 12, 34, 56).getTime()) * 1_000_000n },
    });
    expect(second?.snapshot.hostname).toBe('here');
    expect(second?.snapshot).not.toHaveProperty('description');
  });

  it('says of each file and folder what it has cost, and nothing of what is as it was', async () => {
    const args = ['backup', '--json', '-v', '-v', source];
    // That of a once more: it is stored, and counted, for one of the two.
    writeFileSync(join(source, 'twice'), 'content of a');
    writeFileSync(join(source, 'large'), Buffer.alloc(3_000_000, 'line of text'));
    const itemsOf = (stdout: string): Map<unknown, Record> =>
      new Map(
        records(stdout)
          .filter(
            ({ message_type, action }) => message_type === 'verbose_status' && action !== 'scan_finished',
          )
          .map((item) => [item.item, item]),
      );
    const first = await repoInProcess(args);
    const items = itemsOf(first.stdout);
    const large = items.get(`${source}/large`);
    expect(large).toMatchObject({ action: 'new', metadata_size: 0, duration: expect.any(Number) });
    expect(large?.duration).toBeGreaterThan(0);
    expect(Number(large?.data_size_in_repo)).toBeLessThan(Number(large?.data_size) / 2);
    const files = [...items.values()].filter(({ item }) => !String(item).endsWith('/'));
    const sum = (field: string): number => files.reduce((total, one) => total + Number(one[field]), 0);
    const stored = [...(await openWithIndex(repository)).index.packs()].flatMap(({ blobs }) => blobs);
    const ofData = stored.filter(({ type }) => type === 'data');
    expect(sum('data_size_in_repo')).toBe(ofData.reduce((total, { length }) => total + length, 0));
    const folder = items.get(`${source}/sub/`);
    expect(folder).toMatchObject({ action: 'new', data_size: 0, metadata_size: expect.any(Number) });
    expect(Number(folder?.metadata_size)).toBeGreaterThan(100);

    const second = itemsOf((await repoInProcess(args)).stdout);
    expect(second.get(`${source}/large`)).toMatchObject({
      ...{ action: 'unchanged', duration: 0, data_size: 0, data_size_in_repo: 0, metadata_size: 0 },
    });
    expect(second.get(`${source}/sub/`)).toMatchObject({
      action: 'unchanged',
      duration: 0,
      metadata_size: 0,
    });
  });

  it('says what a dry run would add and leaves the repository as it is', async () => {
    const before = await readdir(repository, { recursive: true });
    const dry = await backUp('-n', source);
    expect(dry.summary).toMatchObject({ dry_run: true, files_new: 4, data_blobs: 4 });
    expect(dry.summary).not.toHaveProperty('snapshot_id');
    const { code, stdout } = await repoInProcess(['backup', '-n', '-v', '-v', '-e', 'b', source]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Would add to the repository/),
    });
    expect(stdout).toContain(`excluded  ${source}/b\n`);
    expect(stdout).toContain(`new       ${source}/sub/d (16 B added)\n`);
    expect(await readdir(repository, { recursive: true })).toEqual(before);
    const { summary } = await backUp(source);
    expect(summary.data_added).toBe(dry.summary.data_added);
  });

  it('makes no snapshot of what is the parent’s, when that is wanted', async () => {
    // By a relative path: the trees above it hold the times of the machine's temp folder, where others write.
    const backUpUnlessSame = async () => {
      const { stdout } = await runRepo(folder, ['backup', '--json', '--skip-if-unchanged', 'source']);
      return records(stdout).at(-1) ?? {};
    };
    expect(await backUpUnlessSame()).toHaveProperty('snapshot_id');
    const again = await backUpUnlessSame();
    expect(again).toMatchObject({ files_unmodified: 4, data_blobs: 0, tree_blobs: 0 });
    expect(again).not.toHaveProperty('snapshot_id');
    writeFileSync(join(source, 'a'), 'changed');
    expect(await backUpUnlessSame()).toHaveProperty('snapshot_id');
    expect(await snapshots()).toHaveLength(2);
  });

  it('compares with the parent that is asked for, or one of the group', async () => {
    await backUp('--tag', 'x', source);
    const [first] = await snapshots();
    const parentOf = async (...args: string[]) => {
      const { summary } = await backUp(...args);
      return (await snapshots()).find(({ id }) => id === summary.snapshot_id)?.snapshot.parent ?? null;
    };
    expect(await parentOf('-H', 'other', source)).toBeNull();
    expect(await parentOf('-H', 'third', '--parent', first?.id.slice(0, 8) ?? '', source)).toBe(first?.id);
    expect(await parentOf('--group-by', 'tags', '--tag', 'x', '-H', 'fourth', source)).toBe(first?.id);
    expect(await parentOf('--force', '--parent', 'latest', source)).toBeNull();
    expect(await backUp('--parent', 'ffffffff', source)).toMatchObject({ code: 1 });
  });

  it('stores only trees when only metadata changed', async () => {
    await backUp(source);
    utimesSync(join(source, 'sub'), 1, 1);
    expect((await backUp(source)).summary).toMatchObject({ data_blobs: 0, files_unmodified: 4 });
  });

  it('backs up what a command prints', async () => {
    const print = ['sh', '-c', 'echo to the log >&2; seq 1 300000'];
    const { code, summary, stderr } = await backUp(
      '--stdin-from-command',
      '--stdin-filename',
      'db/dump.sql',
      '--',
      ...print,
    );
    expect({ code, summary }).toMatchObject({ code: 0, summary: { files_new: 1, dirs_new: 1 } });
    expect(records(stderr)).toEqual([{ message_type: 'warning', message: 'sh: to the log' }]);
    const opened = await openWithIndex(repository);
    const { snapshot } = await opened.loadSnapshot(String(summary.snapshot_id));
    expect(snapshot.paths).toEqual(['/db/dump.sql']);
    const [db] = (await opened.loadTree(snapshot.tree)).nodes;
    const [dump] = (await opened.loadTree(db?.subtree ?? '')).nodes;
    const parts = await Promise.all((dump?.content ?? []).map((id) => opened.loadBlob('data', id)));
    const expected = Array.from({ length: 300_000 }, (_, at) => `${at + 1}\n`).join('');
    expect(Buffer.concat(parts).toString()).toBe(expected);
    expect(dump?.size).toBe(expected.length);
  });

  it.each([
    [
      'that ends with an error',
      ['sh', '-c', 'echo half; echo broken pipe dream >&2; exit 4'],
      'ended with 4',
    ],
    ['that is killed', ['sh', '-c', 'echo half; kill -9 $$'], 'was ended by SIGKILL'],
    ['that is not there', ['no-such-program-at-all'], 'there is no such program'],
    ['that prints nothing', ['true'], 'no data'],
  ])('makes no snapshot of a command %s', async (_what, command, why) => {
    const { code, stderr } = await backUp('--stdin-from-command', '--', ...command);
    expect(code).toBe(1);
    expect(records(stderr).at(-1)).toMatchObject({ message_type: 'exit_error', code: 1 });
    expect(stderr).toContain(why);
    expect(await snapshots()).toEqual([]);
    expect(await readdir(join(repository, 'locks'))).toEqual([]);
  });

  it('backs up its input, or the paths named there', async () => {
    const withInput = async (args: string[], input: string): Promise<Record> => {
      const child = spawn(process.execPath, [program, 'repo', 'backup', '--json', ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(input);
      const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      expect(code).toBe(0);
      return records(stdout).at(-1) ?? {};
    };
    const input = 'a line of input\n'.repeat(100_000);
    const made = await withInput(['--stdin', '--stdin-filename', 'piped'], input);
    expect(made).toMatchObject({ files_new: 1, total_bytes_processed: input.length });
    const listed = await withInput(['--files-from-verbatim', '-'], `${source}/a\n${source}/sub\n`);
    expect(listed).toMatchObject({ files_new: 2 });
    expect((await snapshots()).map(({ snapshot }) => snapshot.paths)).toEqual([
      ['/piped'],
      [`${source}/a`, `${source}/sub`],
    ]);
  });

  it.each([
    [['--stdin', 'path'], '--stdin takes no paths'],
    [['--stdin-from-command'], 'expected a command'],
    [['--stdin-from-command', '--files-from', 'list', 'x'], 'cannot be used together'],
    [['--time', '2024-02-30 00:00:00', 'x'], '--time'],
    [['--exclude-larger-than', '5x', 'x'], '--exclude-larger-than'],
    [['--group-by', 'size', 'x'], '--group-by'],
    [['--exclude-if-present', ':x', '/'], '--exclude-if-present'],
    [['--stdin-from-command', '--stdin-filename', '..', '--', 'true'], '--stdin-filename'],
    [[], 'nothing to back up'],
  ])('refuses %s', async (args, why) => {
    const { code, stderr } = await repoInProcess(['backup', ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(why) });
    expect(await snapshots()).toEqual([]);
  });

  it('ends with 11 where somebody else has the repository to himself, saying who', async () => {
    const time = new Date().toISOString();
    const lock = { time, exclusive: true, hostname: 'elsewhere', username: 'somebody', pid: 7 };
    const opened = await openWithIndex(repository);
    const name = await opened.saveUnpacked('locks', Buffer.from(JSON.stringify(lock)));
    const { code, stderr } = await repoInProcess(['backup', source]);
    expect({ code, stderr }).toEqual({ code: 11, stderr: expect.stringContaining('somebody@elsewhere') });
    // What only looks needs no lock, and waiting is worth it when the lock goes away.
    expect((await backUp('-n', source)).code).toBe(0);
    const waiting = backUp('--retry-lock', '1m', source);
    await opened.store.remove('locks', name);
    expect((await waiting).code).toBe(0);
  });

  it('ends with 3 without one of its paths, and with 1 without all', async () => {
    const gone = join(folder, 'gone');
    const { code, summary, stderr } = await backUp(source, gone);
    expect({ code, summary }).toMatchObject({ code: 3, summary: { files_new: 4 } });
    expect(records(stderr)).toMatchObject([{ message_type: 'error', item: gone, during: 'scan' }]);
    const none = await backUp(gone, `${gone}2`);
    expect(none.code).toBe(1);
    expect(records(none.stderr)).toMatchObject([{ message_type: 'exit_error', code: 1 }]);
    expect(await snapshots()).toHaveLength(1);
  });
});

describeWithRestic('repo backup beside stock restic', () => {
  let restic: StockRestic;
  beforeEach(() => {
    restic = new StockRestic(folder);
  });

  it.each([[[]], [['--ignore-ctime']], [['--ignore-inode']], [['--force']]])(
    'counts the same changes (%j)',
    async (args) => {
      await restic.run('backup', '-H', 'here', source);
      const { atime, mtime } = statSync(join(source, 'a'));
      // a: another change time; b: another inode as well; c: another content; d: as it was.
      utimesSync(join(source, 'a'), atime, mtime);
      const b = statSync(join(source, 'b'));
      writeFileSync(join(source, 'new b'), readFileSync(join(source, 'b')));
      utimesSync(join(source, 'new b'), b.atime, b.mtime);
      renameSync(join(source, 'new b'), join(source, 'b'));
      writeFileSync(join(source, 'c'), 'changed');
      const [parent] = await snapshots();
      const both = [...args, '--parent', parent?.id ?? '', source];
      const theirs = records(await restic.run('backup', '-n', '--json', ...both)).at(-1) ?? {};
      const { summary } = await backUp('-n', ...both);
      for (const field of [
        'files_new',
        'files_changed',
        'files_unmodified',
        'data_blobs',
        'total_bytes_processed',
      ]) {
        expect({ [field]: summary[field] }).toEqual({ [field]: theirs[field] });
      }
      const missing = Object.keys(theirs).filter((field) => !(field in summary));
      // 0.14 names a snapshot after a dry run; later versions do not.
      expect(missing).toEqual(['snapshot_id']);
    },
  );

  it('writes the trees restic writes, with access times and for its input', async () => {
    // To come: a file system that keeps access times roughly leaves such a time alone.
    const accessed = Date.now() / 1000 + 3600;
    for (const name of ['a', 'b', 'c', 'sub/d', 'sub', '.'])
      utimesSync(join(source, name), accessed, 1_700_000_000);
    await restic.run('backup', '--with-atime', '--tag', 'atime', source);
    await backUp('--with-atime', '--tag', 'atime', source);
    const time = ['--time', '2024-05-06 07:08:09'];
    writeFileSync(join(folder, 'input'), 'some input');
    const print = ['--stdin-filename', 'input.txt', ...time, '--tag', 'input'];
    await restic.input(readFileSync(join(folder, 'input')), 'backup', '--stdin', ...print);
    await backUp('--stdin-from-command', ...print, '--', 'cat', join(folder, 'input'));
    const made = await snapshots();
    // Above the source lie folders that others use meanwhile.
    for (const [tag, below] of [
      ['atime', source],
      ['input', '/'],
    ] as const) {
      const roots = made.filter(({ snapshot }) => snapshot.tags[0] === tag);
      const trees = await Promise.all(roots.map(({ snapshot }) => treeBelow(snapshot.tree, below)));
      expect(trees).toHaveLength(2);
      expect(trees[0]).toBe(trees[1]);
    }
  });

  it('leaves restic able to read a snapshot with a description', async () => {
    await backUp('--description', 'ours alone', source);
    const [listed] = JSON.parse(await restic.run('snapshots', '--json')) as { paths: string[] }[];
    expect(listed?.paths).toEqual([source]);
    await restic.run('check', '--read-data');
  });
});
