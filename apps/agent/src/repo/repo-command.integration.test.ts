import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repoInProcess } from '../testing/repo-in-process.ts';
import { createRepository, makeFolder, openWithIndex, removeFolder } from '../testing/work-repository.ts';

const program = fileURLToPath(new URL('../../bin/breakwater-agent.mjs', import.meta.url));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

let folder: string;
let source: string;
beforeEach(async () => {
  folder = await makeFolder();
  source = join(folder, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'file'), 'content');
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
});
afterEach(() => removeFolder(folder));

const access = ['--repo', 'repository', '--password-file', 'password'];

async function agent(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = { cwd: folder, env: { ...process.env, ...env } };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as unknown as Ended;
    return { code, stdout, stderr };
  }
}

function records(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('breakwater-agent repo', () => {
  it('makes, fills, lists, checks and restores a repository', async () => {
    expect(await agent(['repo', 'init', ...access])).toMatchObject({ code: 0, stderr: '' });
    const backup = await agent(['repo', 'backup', 'source', '--tag', 'daily', '--json', ...access]);
    expect(backup.code).toBe(0);
    const summary = records(backup.stdout).at(-1);
    expect(summary).toMatchObject({ message_type: 'summary', files_new: 1, dirs_new: 1 });
    const id = String(summary?.snapshot_id);

    const [listed] = JSON.parse((await agent(['repo', 'snapshots', '--json', ...access])).stdout);
    expect(listed).toMatchObject({ id, tags: ['daily'] });
    const ls = await agent(['repo', 'ls', 'latest', '--json', ...access]);
    const [snapshot, ...nodes] = records(ls.stdout);
    expect(snapshot).toMatchObject({ message_type: 'snapshot', id });
    expect(nodes.map((node) => node.path)).toEqual(['/source', '/source/file']);
    const check = await agent(['repo', 'check', '--read-data', ...access]);
    expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('No errors were found') });

    const restore = await agent(['repo', 'restore', id.slice(0, 10), '--target', 'target', ...access]);
    expect(restore).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored 1 files') });
    expect(await readdir(join(folder, 'target', 'source'))).toEqual(['file']);
    expect(await readdir(join(folder, 'repository', 'locks'))).toEqual([]);
  });

  it('restores in threads, new and over what is there, and no thread warns', async () => {
    await createRepository(join(folder, 'repository'));
    // More than what is done without threads.
    for (let at = 0; at < 3; at += 1) writeFileSync(join(source, `big ${at}`), randomBytes(8_000_000));
    for (let at = 0; at < 100; at += 1) writeFileSync(join(source, `small ${at}`), `content ${at}`);
    expect((await agent(['repo', 'backup', 'source', ...access])).code).toBe(0);
    const restore = ['repo', 'restore', 'latest', '--target', 'target', ...access];
    const runs = [[], ['--overwrite', 'always', '--verify']];
    for (const options of runs) {
      const { code, stderr } = await agent([...restore, ...options]);
      expect(code).toBe(0);
      expect(stderr).not.toContain('Warning');
      rmSync(join(folder, 'target/source/big 1'));
      writeFileSync(join(folder, 'target/source/big 2'), randomBytes(8_000_000));
    }
  });

  it('ends with 3 when something could not be read, and with 1 when a pack is damaged', async () => {
    await createRepository(join(folder, 'repository'));
    const partial = await agent(['repo', 'backup', 'source', 'missing', ...access]);
    expect(partial).toMatchObject({ code: 3, stderr: expect.stringContaining('missing: It does not exist') });
    const { index } = await openWithIndex(join(folder, 'repository'));
    const pack = [...index.packs()][0]?.packId ?? '';
    rmSync(join(folder, 'repository', 'data', pack.slice(0, 2), pack));
    const check = await agent(['repo', 'check', ...access]);
    expect(check).toMatchObject({ code: 1, stderr: expect.stringContaining(pack) });
  });

  it('says in one sentence what is wrong, naming it', async () => {
    await createRepository(join(folder, 'repository'));
    writeFileSync(join(folder, 'wrong'), 'not the password');
    const at = (name: string): string => join(folder, name);
    const good = ['--repo', at('repository'), '--password-file', at('password')];
    const cases: [args: string[], named: string, code?: number][] = [
      [['backup', source, '--repo', at('nowhere'), '--password-file', at('password')], 'nowhere', 10],
      [['snapshots', '--repo', 'rest:ftp://host/', '--password-file', at('password')], 'rest:ftp://host/'],
      [['snapshots', '--repo', at('repository'), '--password-file', at('no such file')], 'no such file'],
      [['snapshots', '--repo', at('repository'), '--password-file', at('wrong')], 'password', 12],
      [['backup', source, '--uploads', 'many', ...good], '--uploads'],
      [['backup', source, '', ...good], '<paths>, number 2: is empty'],
      [['ls', 'latest', '/', 'sub', ...good], '<folders>, number 2: expected a path that begins'],
      [['dump', 'latest', '', ...good], '<path>: is empty'],
      [['backup', at('missing'), ...good], at('missing')],
      [['restore', 'latest', '--target', source, ...good], 'snapshot'],
    ];
    for (const [args, named, expected = 1] of cases) {
      const { code, stdout, stderr } = await repoInProcess(args);
      expect({ code, stdout, args }).toEqual({ code: expected, stdout: '', args });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(named);
    }
  });

  it('leaves no lock and no snapshot when it is interrupted', async () => {
    await createRepository(join(folder, 'repository'));
    writeFileSync(join(source, 'big'), Buffer.alloc(300_000_000, 'not all the same '));
    const child = spawnBackup(process.execPath);
    await firstProgress(child);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(await readdir(join(folder, 'repository', 'locks'))).toEqual([]);
    expect(await readdir(join(folder, 'repository', 'snapshots'))).toEqual([]);
  });

  it('runs through a symlink from any folder, as npm links it', async () => {
    symlinkSync(program, join(folder, 'linked'));
    const { stdout } = await promisify(execFile)(process.execPath, ['linked', '--version'], { cwd: folder });
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

const olderNode = findOlderNode();

describe.skipIf(olderNode === undefined)(
  `under an older Node${olderNode ? '' : ' (skipped: none on PATH)'}`,
  () => {
    const node = olderNode ?? '';

    it('runs itself under the pinned one and hands the exit code on', async () => {
      const { stdout } = await promisify(execFile)(node, [program, '--version'], { cwd: folder });
      expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
      const failing = spawn(node, [program, 'repo', 'snapshots', ...access], {
        cwd: folder,
        stdio: 'ignore',
      });
      expect(await once(failing, 'exit')).toEqual([10, null]);
    });

    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'leaves no process and no lock behind after %s',
      async (signal) => {
        await createRepository(join(folder, 'repository'));
        writeFileSync(join(source, 'big'), Buffer.alloc(300_000_000, 'not all the same '));
        const child = spawnBackup(node);
        await firstProgress(child);
        child.kill(signal);
        // The real program holds the other end of stdout: it closes when that one has ended, too.
        await once(child, 'close');
        expect(await readdir(join(folder, 'repository', 'locks'))).toEqual([]);
        expect(await readdir(join(folder, 'repository', 'snapshots'))).toEqual([]);
      },
    );
  },
);

describeWithRestic('in another time zone', () => {
  it('writes the trees restic writes, in summer and winter time', async () => {
    const zone = 'America/New_York';
    for (const month of ['01', '07']) {
      writeFileSync(join(source, month), month);
      utimesSync(join(source, month), new Date(), new Date(`2024-${month}-15T12:00:00Z`));
    }
    const folderOfRestic = new StockRestic(folder, { TZ: zone, RESTIC_PASSWORD: PASSWORD });
    await createRepository(join(folder, 'repository'));
    expect((await agent(['repo', 'backup', 'source', ...access], { TZ: zone })).code).toBe(0);
    await folderOfRestic.run('backup', '--force', 'source');
    const snapshots = JSON.parse(await folderOfRestic.run('snapshots', '--json')) as { tree: string }[];
    expect(snapshots).toHaveLength(2);
    expect(snapshots[0]?.tree).toBe(snapshots[1]?.tree);
  });
});

function spawnBackup(node: string): ChildProcess {
  return spawn(node, [program, 'repo', 'backup', 'source', '--json', ...access], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function firstProgress(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const record = JSON.parse(line) as { message_type: string; bytes_done?: number };
    if (record.message_type === 'status' && (record.bytes_done ?? 0) > 0) break;
  }
  child.stdout.resume();
}

function findOlderNode(): string | undefined {
  for (const entry of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(entry, 'node');
    if (entry.includes('node_modules') || !existsSync(candidate)) continue;
    const major = Number(/^v(\d+)/.exec(execFileSync(candidate, ['--version']).toString())?.[1] ?? 99);
    if (major >= 20 && major < 24) return candidate;
  }
  return undefined;
}
