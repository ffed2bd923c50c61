import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeAbandonedPostgres } from './abandoned-postgres.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';
import { createLogger } from './logger.ts';
import { processIdentity } from './postmaster-pid.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { Shutdown } from './shutdown.ts';

const logger = createLogger('test', 'silent');
const root = process.getuid?.() === 0;
/** What a way needs that this machine may not give: a checkout that others can enter, a namespace (no chroot). */
const impossible = {
  switch: others('test', '-x', join(findPostgresBinaries().folder, 'bin', 'postgres'))
    ? null
    : 'skipped: only root can enter this checkout',
  namespace:
    spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0
      ? null
      : 'skipped: no user namespaces here',
  copy: null,
};
let folder: string;
let dataDir: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  // As an unprivileged account must be able to get to the data where this process is root.
  await chmod(folder, 0o755);
  dataDir = join(folder, 'a folder with späces 数据', 'postgres');
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Whether an unprivileged user can do that. */
function others(...command: [string, ...string[]]): boolean {
  const [file, ...args] = command;
  return root && spawnSync(file, args, { uid: 65534, gid: 65534, cwd: '/' }).status === 0;
}

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir,
    logger,
    fsync: false,
    copyPlaces: [folder],
    ...options,
  });
  running.push(server);
  return server;
}

/** As whom the server runs, and where its cluster lies. */
async function account(): Promise<{ way: string; home: string }> {
  return JSON.parse(await readFile(join(dataDir, 'account.json'), 'utf8'));
}

async function ask(server: { url: string }, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that has started the server, as the start command does. */
async function hold(...more: string[]): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const script = join(import.meta.dirname, 'testing', 'hold-postgres.ts');
  const child = spawn(process.execPath, [script, dataDir, folder, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, ...JSON.parse(line) };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('removeAbandonedPostgres', () => {
  it('ends the throwaway server of a killed process and removes its folder, nobody else’s', async () => {
    dataDir = join(folder, 'breakwater-test', 'data', 'postgres');
    const test = await hold('throwaway');
    const [abandoned] = [dataDir];
    try {
      await removeAbandonedPostgres(folder, logger);
      expect(await ask(test, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await kill(test.child);
    }
    dataDir = join(folder, 'breakwater-real', 'postgres');
    const real = await hold();
    await kill(real.child);
    await removeAbandonedPostgres(folder, logger);
    expect(existsSync(abandoned)).toBe(false);
    expect(processIdentity(test.pid)).toBeNull();
    expect(await ask(real, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    // Stops the orphan.
    await (await start()).stop();
  });
});

describe('startEmbeddedPostgres', () => {
  it('keeps its data over a stop and a start, in a path with spaces and other scripts', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept (word TEXT)');
    await ask(first, "INSERT INTO kept VALUES ('größe 大')");
    await first.stop();
    const second = await start();
    expect(await ask(second, 'SELECT word FROM kept')).toEqual([{ word: 'größe 大' }]);
    expect(await ask(second, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  });

  it('listens on this machine alone, takes nobody without the password, and keeps that to its owner', async () => {
    const server = await start();
    expect(await ask(server, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(ask({ url: wrong.href }, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('is durable unless told otherwise', async () => {
    expect(await ask(await start({ fsync: true }), 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('stops with the process that has a Shutdown', async () => {
    const shutdown = new Shutdown(logger);
    const server = await start({ shutdown });
    await shutdown.close();
    await server.exited;
    await expect(ask(server, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('stops what a killed process left behind, and has all its data', async () => {
    const held = await hold();
    await ask(held, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await kill(held.child);
    expect(await ask(held, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    const server = await start();
    expect(server.pid).not.toBe(held.pid);
    expect(await ask(server, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('comes back after the server itself was killed', async () => {
    const first = await start({ fsync: true });
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    expect(await ask(await start(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is not fooled by a process that got the number of a server that is gone', async () => {
    const first = await start();
    const file = join((await account()).home, 'cluster', 'postmaster.pid');
    const left = (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid));
    await first.stop();
    await writeFile(file, left);
    expect(await ask(await start(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('refuses a folder that a live process uses, and leaves its server alone', async () => {
    const held = await hold();
    try {
      await expect(start()).rejects.toThrow(`in use by process ${held.child.pid}`);
      expect(await ask(held, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    } finally {
      await kill(held.child);
      await (await start()).stop();
    }
  });

  it('begins anew where making the cluster was cut off', async () => {
    await (await start()).stop();
    const { home } = await account();
    await rm(join(home, 'cluster'), { recursive: true });
    await mkdir(join(home, 'cluster.unfinished'));
    await writeFile(join(home, 'cluster.unfinished', 'PG_VERSION'), '18\n');
    expect(await ask(await start(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(existsSync(join(home, 'cluster.unfinished'))).toBe(false);
  });

  for (const way of ['switch', 'namespace', 'copy'] as const) {
    const why = root ? impossible[way] : 'only tried as root';
    it.runIf(why === null)(
      `runs for root in the way "${way}" and stays with it${why === null ? '' : ` (${why})`}`,
      async () => {
        const copyPlaces = [join(folder, 'elsewhere')];
        await mkdir(copyPlaces[0] ?? '');
        const first = await start({ ways: [way], copyPlaces });
        await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
        await first.stop();
        const second = await start();
        expect(await ask(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
        const { way: settled, home } = await account();
        expect(settled).toBe(way);
        const owner = (await stat(join(home, 'cluster'))).uid;
        expect(owner === 0).toBe(way === 'namespace');
      },
    );
  }

  it.runIf(root)('finds a way into a folder that only root can enter (only tried as root)', async () => {
    await mkdir(dirname(dataDir), { mode: 0o700 });
    await start();
    expect(['namespace', 'copy']).toContain((await account()).way);
  });
});
