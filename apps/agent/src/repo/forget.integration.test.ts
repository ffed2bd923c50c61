import { randomBytes } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../store/directory-store.ts';
import { holdLock } from '../backup/lock-keeper.ts';
import { repoInProcess } from '../testing/repo-in-process.ts';
import type { EndedProgram } from '../testing/repo-program.ts';
import { createRepository, makeFolder, openWithIndex, removeFolder } from '../testing/work-repository.ts';

let folder: string;
let repository: Repository;
/** Ids by what the snapshots are called here. */
const ids = new Map<string, string>();

// Deriving a key is most of what a test here costs: one repository serves all.
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'password'), PASSWORD);
  await createRepository(join(folder, 'repository'));
  repository = await openWithIndex(join(folder, 'repository'));
  await save('a1', '2024-03-01T10:00:00Z', { hostname: 'a' });
  await save('a2', '2024-03-01T20:00:00Z', { hostname: 'a', tags: ['keep', 'b'] });
  await save('a3', '2024-03-02T09:00:00.5Z', { hostname: 'a' });
  await save('b1', '2024-02-01T10:00:00Z', { hostname: 'b', paths: ['/y', '/x'], uid: 7 });
  await save('b2', '2024-03-01T10:00:00Z', { hostname: 'b', paths: ['/x', '/y'], username: 'u' });
  cpSync(join(folder, 'repository', 'snapshots'), join(folder, 'all'), { recursive: true });
});
afterEach(() => cpSync(join(folder, 'all'), join(folder, 'repository', 'snapshots'), { recursive: true }));
afterAll(() => removeFolder(folder));

async function save(name: string, time: string, more: Partial<Snapshot>): Promise<void> {
  const empty = { parent: null, tree: '0'.repeat(63).concat('1'), original: null, summary: null };
  const id = await repository.saveSnapshot({
    ...empty,
    time: { ns: BigInt(Date.parse(time)) * 1_000_000n, offsetSeconds: 0 },
    paths: ['/x'],
    hostname: '',
    username: '',
    uid: 0,
    gid: 0,
    excludes: [],
    tags: [],
    programVersion: '',
    ...more,
  });
  ids.set(name, id);
}

function forget(...args: string[]): Promise<EndedProgram> {
  const access = ['--repo', join(folder, 'repository'), '--password-file', join(folder, 'password')];
  return repoInProcess(['forget', ...args, ...access]);
}

/** What the repository still holds, by the names here. */
async function left(): Promise<string> {
  const files = new Set(await readdir(join(folder, 'repository', 'snapshots')));
  return [...ids].flatMap(([name, id]) => (files.has(id) ? [name] : [])).join(' ');
}

function idOf(name: string): string {
  return ids.get(name) ?? '';
}

describe('forget', () => {
  it('removes what a policy does not keep, in each group, and says why the rest is kept', async () => {
    const { code, stdout } = await forget('--keep-daily', '1', '--keep-tag', 'b,keep');
    expect(code).toBe(0);
    expect(await left()).toBe('a2 a3 b2');
    expect(stdout).toContain('keep 1 daily snapshots and all snapshots with tags [b, keep]');
    expect(stdout).toMatch(new RegExp(`${idOf('a2').slice(0, 8)}.*keep,b *has tags \\[b, keep\\] +/x`));
    expect(stdout).toContain('2 snapshots removed');
    expect(await readdir(join(folder, 'repository', 'locks'))).toEqual([]);
  });

  it.each([
    ['by id, prefix and latest', () => [idOf('a1'), idOf('b1').slice(0, 12), 'latest'], 'a2 b2'],
    ['the latest of a host', () => ['latest', '--host', 'b'], 'a1 a2 a3 b1'],
    ['only of a host', () => ['--keep-last', '1', '--host', 'b'], 'a1 a2 a3 b2'],
    ['only of a path', () => ['--keep-last=1', '--path', '/y', '--group-by', ''], 'a1 a2 a3 b2'],
    ['of all together', () => ['-l1', '--group-by', ''], 'a3'],
    ['by tags', () => ['--keep-last', '1', '-g', 'tags'], 'a2 a3'],
    ['all of a choice', () => ['--unsafe-allow-remove-all', '--tag', 'keep'], 'a1 a3 b1 b2'],
    ['nothing of a dry run', () => ['--keep-last', '1', '-n'], 'a1 a2 a3 b1 b2'],
    ['by time', () => ['--keep-within', '1d', '--keep-within-weekly', '1m5d'], 'a1 a2 a3 b1 b2'],
    ['by less time', () => ['--keep-within', '12h', '--keep-monthly=unlimited'], 'a1 a3 b1 b2'],
  ])('removes %s', async (_what, args, expected) => {
    expect(await forget(...args())).toMatchObject({ code: 0, stderr: '' });
    expect(await left()).toBe(expected);
  });

  it.each([
    [[], 'no policy'],
    [['--keep-daily', '0'], 'no policy'],
    [['--unsafe-allow-remove-all'], '--host, --tag or --path'],
    [['--keep-tag', 'of none'], 'host a'],
    [['--keep-last', 'many'], '--keep-last: is "many": expected a whole number'],
    [['--keep-last', '-1'], '--keep-last: is "-1": expected a whole number from 0, or unlimited'],
    [['--keep-within', '3w'], '--keep-within: is "3w": expected'],
    [['--keep-last', '1', '--group-by', 'user'], '--group-by: is "user"'],
    [['--keep-last', '1', '--no-lock'], '--no-lock'],
    [['0123456789'], '0123456789'],
    [['latest', '--host', 'of none'], 'no snapshot that matches'],
  ])('refuses %j and removes nothing', async (args, words) => {
    const { code, stdout, stderr } = await forget(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
    expect(await left()).toBe('a1 a2 a3 b1 b2');
  });

  it('refuses ids with a filter that would go unused', async () => {
    const { code, stderr } = await forget(idOf('a1'), '--host', 'b');
    expect(code).toBe(1);
    expect(stderr).toContain('--host, --tag and --path');
    expect(await left()).toBe('a1 a2 a3 b1 b2');
  });

  it('needs the repository for itself', async () => {
    const held = await holdLock(repository, { exclusive: false });
    try {
      const { code, stderr } = await forget('--keep-last', '1');
      expect(code).toBe(11);
      expect(stderr).toContain(String(process.pid));
      expect((await forget('--keep-last', '1', '--dry-run', '--no-lock')).code).toBe(0);
    } finally {
      await held.release();
    }
    expect(await left()).toBe('a1 a2 a3 b1 b2');
  });

  it('stops at a damaged snapshot and names it: what it was must not be guessed', async () => {
    const path = join(folder, 'repository', 'snapshots', 'e'.repeat(64));
    writeFileSync(path, 'no snapshot');
    const { code, stderr } = await forget('--keep-last', '1');
    rmSync(path);
    expect(code).toBe(1);
    expect(stderr).toContain('e'.repeat(64));
    expect(await left()).toBe('a1 a2 a3 b1 b2');
  });
});

describeWithRestic('forget --prune', () => {
  it('removes the data as well, and stock restic finds the rest whole', async () => {
    const restic = await StockRestic.create();
    try {
      await restic.run('init');
      writeFileSync(join(restic.root, 'password'), PASSWORD);
      writeFileSync(join(restic.root, 'file'), randomBytes(300_000));
      await restic.run('backup', 'file');
      writeFileSync(join(restic.root, 'file'), randomBytes(300_000));
      await restic.run('backup', 'file');
      const access = ['--repo', restic.repository, '--password-file', join(restic.root, 'password')];
      const before = await sizeOf(restic.repository);
      const args = ['forget', '--keep-last', '1', '--prune', '--max-unused', '0', ...access];
      expect((await repoInProcess([...args, '--dry-run'])).code).toBe(0);
      expect(await sizeOf(restic.repository)).toBe(before);
      expect(await repoInProcess(args)).toMatchObject({ code: 0, stderr: '' });
      expect(await sizeOf(restic.repository)).toBeLessThan(before - 300_000);
      await restic.run('check', '--read-data');
      expect(JSON.parse(await restic.run('snapshots', '--json'))).toHaveLength(1);
    } finally {
      await restic.remove();
    }
  });
});

async function sizeOf(repositoryFolder: string): Promise<number> {
  const packs = await new DirectoryStore(repositoryFolder).list('data');
  return packs.reduce((sum, { size }) => sum + size, 0);
}

interface Group {
  tags: string[] | null;
  host: string;
  paths: string[] | null;
  keep: { id: string }[] | null;
  remove: { id: string }[] | null;
  reasons: { snapshot: { id?: string; short_id?: string }; matches: string[] }[] | null;
}

/** In one order, without what only newer versions of restic say of a reason's snapshot. */
function comparable(json: string): Group[] {
  const groups = JSON.parse(json) as Group[];
  for (const { snapshot } of groups.flatMap(({ reasons }) => reasons ?? [])) {
    delete snapshot.id;
    delete snapshot.short_id;
  }
  return groups.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

describeWithRestic('forget beside stock restic', () => {
  it.each([
    [['--keep-daily', '1']],
    [['--keep-last', '2', '--keep-tag', 'keep', '--group-by', 'host']],
    [['--keep-hourly', '1', '--group-by', 'tags,paths']],
    [['--keep-last', '1', '--group-by', '', '--host', 'b']],
  ])('%j gives the same document', async (args) => {
    const restic = new StockRestic(folder);
    const ours = await forget('--dry-run', '--json', ...args);
    const theirs = await restic.run('forget', '--dry-run', '--json', ...args);
    expect(comparable(ours.stdout)).toEqual(comparable(theirs));
  });
});
