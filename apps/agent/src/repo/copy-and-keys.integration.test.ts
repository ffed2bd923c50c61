import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { encodeLock } from '@breakwater/restic-format/lock-file';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { repoInProcess } from '../testing/repo-in-process.ts';
import type { EndedProgram } from '../testing/repo-program.ts';
import { makeFolder, openWithIndex, removeFolder } from '../testing/work-repository.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
  writeFileSync(join(folder, 'other'), 'another one\n');
  mkdirSync(join(folder, 'source'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'source', name), name.repeat(3_000_000));
});
afterEach(() => removeFolder(folder));

const names = new Set(['repository', 'copy', 'source', 'target', 'password', 'other', 'third']);

/** Names of files in the folder may be given without it. */
function repo(command: string, ...args: string[]): Promise<EndedProgram> {
  return repoInProcess([command, ...args.map((arg) => (names.has(arg) ? join(folder, arg) : arg))]);
}

function restic(repository: string, password = PASSWORD, more: NodeJS.ProcessEnv = {}): StockRestic {
  const env = { RESTIC_REPOSITORY: join(folder, repository), RESTIC_PASSWORD: password, ...more };
  return new StockRestic(folder, env);
}

const main = ['-r', 'repository', '-p', 'password'];
const copy = ['-r', 'copy', '-p', 'other'];
const fromMain = ['--from-repo', 'repository', '--from-password-file', 'password'];

function documentOf({ stdout }: EndedProgram): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describeWithRestic('repo copy, init, key and unlock beside stock restic', () => {
  it('copies to and fro as restic does: what one has copied the other passes over', async () => {
    await restic('repository').run('init', '--repository-version', '2');
    await restic('repository').run('backup', 'source', '--tag', 'first');
    writeFileSync(join(folder, 'source', 'b'), 'changed');
    await restic('repository').run('backup', 'source', '--tag', 'second');
    expect(await repo('init', ...copy, ...fromMain, '--copy-chunker-params')).toMatchObject({ code: 0 });
    const [ours, theirs] = [await openWithIndex(join(folder, 'repository')), 'another one'];
    const secret = JSON.parse(await restic('copy', theirs).run('cat', 'config'));
    expect(secret.chunker_polynomial).toBe(ours.config.chunkerPolynomial.toString(16));

    const first = await repo('copy', ...copy, ...fromMain, '--tag', 'first', '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(documentOf(first)).toMatchObject({ message_type: 'summary', snapshots_copied: 1 });
    await restic('copy', theirs).run('check', '--read-data');
    const env = { RESTIC_FROM_PASSWORD: PASSWORD };
    const said = await restic('copy', theirs, env).run('copy', '--from-repo', join(folder, 'repository'));
    expect(said).toMatch(/skipping source snapshot/);
    const third = await repo('copy', ...copy, ...fromMain, '--json');
    expect(documentOf(third)).toMatchObject({ snapshots_copied: 0, snapshots_skipped: 2, bytes_stored: 0 });
    const snapshots = JSON.parse(await restic('copy', theirs).run('snapshots', '--json'));
    expect(snapshots.map(({ tree }: { tree: string }) => tree)).toEqual(
      (await ours.listSnapshots()).map(({ snapshot }) => snapshot.tree),
    );
    await restic('copy', theirs).run('restore', 'latest', '--target', join(folder, 'target'));
    // The same cutting points: a backup of the same files finds all their data there.
    const summary = documentOf(await repo('backup', 'source', ...copy, '--json'));
    expect(summary).toMatchObject({ data_blobs: 0 });
    for (const name of ['repository', 'copy']) expect(readdirSync(join(folder, name, 'locks'))).toEqual([]);
  });

  it('adds, lists, changes and removes passwords that restic takes, never the one in use', async () => {
    await restic('repository').run('init', '--repository-version', '2');
    const added = await repo(
      'key',
      'add',
      ...main,
      '--new-password-file',
      'other',
      '--user',
      'me',
      '--host',
      'here',
    );
    expect(added).toMatchObject({ code: 0 });
    await restic('repository', 'another one').run('cat', 'config');

    const ours = documentOf(await repo('key', 'list', ...main, '--json')) as {
      id: string;
      current: boolean;
    }[];
    const theirs = JSON.parse(await restic('repository').run('key', 'list', '--json')) as { id: string }[];
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    // restic 0.14 shortens the ids.
    expect(ours.map((key) => ({ ...key, id: key.id.slice(0, 8) }))).toEqual(theirs.sort(byId));
    const table = (await repo('key', 'list', ...main)).stdout.split('\n').map((line) => line.trimEnd());
    const inRestic = (await restic('repository').run('key', 'list'))
      .split('\n')
      .map((line) => line.trimEnd());
    expect(table.sort()).toEqual(inRestic.sort());

    const current = ours.find((key) => key.current)?.id ?? '';
    const refused = await repo('key', 'remove', current.slice(0, 12), ...main);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the one in use') });
    expect(await repo('key', 'remove', 'abcdef012345', ...main)).toMatchObject({ code: 1 });

    writeFileSync(join(folder, 'third'), 'a third one');
    const changed = await repo(
      'key',
      'passwd',
      '-r',
      'repository',
      '-p',
      'other',
      '--new-password-file',
      'third',
    );
    expect(changed).toMatchObject({ code: 0 });
    expect(await repo('snapshots', '-r', 'repository', '-p', 'other')).toMatchObject({ code: 12 });
    await restic('repository', 'a third one').run('cat', 'config');
    expect(await repo('key', 'remove', current, '-r', 'repository', '-p', 'third')).toMatchObject({
      code: 0,
    });
    await expect(restic('repository').run('cat', 'config')).rejects.toThrow('wrong password');
    expect(readdirSync(join(folder, 'repository', 'keys'))).toHaveLength(1);
  });

  it('removes stale locks, or all of them', async () => {
    await restic('repository').run('init', '--repository-version', '2');
    const repository = await openWithIndex(join(folder, 'repository'));
    const lock = { exclusive: true, username: 'u', uid: 0, gid: 0 };
    const add = (host: string, pid: number, ageMs: number): Promise<string> =>
      repository.saveUnpacked(
        'locks',
        encodeLock({ ...lock, hostname: host, pid, timeMs: Date.now() - ageMs }),
      );
    await add('elsewhere', 1, 31 * 60_000);
    await add(hostname(), 2 ** 22 + 1, 0);
    const alive = [await add('elsewhere', 1, 0), await add(hostname(), process.pid, 0)].sort();
    expect(await repo('unlock', ...main)).toMatchObject({ code: 0, stdout: 'removed 2 locks\n' });
    const locks = (): string[] => readdirSync(join(folder, 'repository', 'locks')).sort();
    expect(locks()).toEqual(alive);
    const blocked = await repo('prune', ...main, '--retry-lock', '10ms');
    expect(blocked).toMatchObject({
      code: 11,
      stderr: expect.stringMatching(/locked exclusively by u@.* since/),
    });
    expect(await repo('unlock', '--remove-all', ...main)).toMatchObject({
      code: 0,
      stdout: 'removed 2 locks\n',
    });
    expect(locks()).toEqual([]);
  });

  it('reads version 1, manages its keys and snapshots, and says how to upgrade before it writes', async () => {
    const old = restic('repository');
    await old.run('init', '--repository-version', '1');
    await old.run('backup', 'source');
    await old.run('backup', 'source', '--force', '--tag', 'again');
    expect(await repo('snapshots', ...main, '--json')).toMatchObject({ code: 0 });
    expect((await repo('ls', 'latest', '--recursive', ...main)).stdout).toContain('source/a');
    expect(await repo('check', '--read-data', ...main)).toMatchObject({ code: 0 });
    const restored = await repo('restore', 'latest', '--target', 'target', ...main);
    expect(restored).toMatchObject({ code: 0 });
    const before = readdirSync(join(folder, 'repository'), { recursive: true }).sort();
    await restic('copy', 'another one').run('init', '--repository-version', '2');
    const refused = [
      ['backup', 'source', ...main],
      ['prune', ...main],
      ['copy', ...main, '--from-repo', 'copy', '--from-password-file', 'other'],
    ];
    for (const [command = '', ...args] of refused) {
      const { code, stderr } = await repo(command, ...args);
      expect([command, code, stderr]).toEqual([
        command,
        1,
        expect.stringContaining('restic migrate upgrade_repo_v2'),
      ]);
    }
    expect(readdirSync(join(folder, 'repository'), { recursive: true }).sort()).toEqual(before);
    // Its snapshots may go to a repository of version 2, where they are compressed.
    expect(await repo('copy', ...copy, ...fromMain)).toMatchObject({ code: 0 });
    await restic('copy', 'another one').run('check', '--read-data');
    expect(await repo('forget', '--keep-last', '1', '--group-by', '', ...main)).toMatchObject({ code: 0 });
    await old.run('migrate', 'upgrade_repo_v2');
    rmSync(join(folder, 'target'), { recursive: true });
    expect(await repo('backup', 'source', ...main)).toMatchObject({ code: 0 });
    expect(await repo('prune', '--repack-uncompressed', ...main)).toMatchObject({ code: 0 });
    await old.run('check', '--read-data');
  });
});
