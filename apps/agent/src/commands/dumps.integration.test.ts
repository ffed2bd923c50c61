import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NamedCommand } from '@breakwater/contract/source-commands';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeWorkplace,
  openWithIndex,
  removeFolder,
  restoreFrom,
  type Workplace,
} from '../testing/work-repository.ts';
import { AllowList } from './allow-list.ts';
import { backUpCommand, type CommandBackup } from './back-up-command.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace();
});
afterAll(() => removeFolder(place.folder));

async function backUp(sources: object, command: NamedCommand): Promise<CommandBackup> {
  const file = join(place.folder, 'commands.json');
  await writeFile(file, JSON.stringify({ version: 1, sources }), { mode: 0o600 });
  const list = await AllowList.read(file);
  const options = { hostname: 'host', tags: [], signal: new AbortController().signal };
  const repository = await openWithIndex(place.repository);
  return backUpCommand(
    command,
    () => list,
    { repository, ...options },
    () => undefined,
  );
}

async function restored(backup: CommandBackup, name: string): Promise<string> {
  if (!backup.ok) throw new Error(`${backup.result.message}\n${backup.result.output}`);
  const target = join(place.folder, `restored ${backup.result.snapshotId}`);
  await restoreFrom(place.repository, backup.result.snapshotId ?? '', target);
  return join(target, name);
}

describe('an SQLite database', () => {
  it('is taken as it is at one moment while somebody writes to it', async () => {
    const path = join(place.source, 'app.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER, b TEXT)');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?)');
    for (let at = 0; at < 500; at += 1) insert.run(at, 'x'.repeat(100));
    // Not committed: it must not be in the copy.
    database.exec('BEGIN; DELETE FROM t WHERE a < 100');
    const backup = await backUp({ app: { kind: 'sqlite', database: path } }, { name: 'app', parameters: {} });
    database.exec('ROLLBACK');
    database.close();
    const copy = new DatabaseSync(await restored(backup, 'app.sqlite'), { readOnly: true });
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(copy.prepare('SELECT count(*) AS n, sum(a) AS s FROM t').get()).toEqual({ n: 500, s: 124_750 });
    copy.close();
  });

  it('that is not there makes no snapshot, and none is made of it', async () => {
    const path = join(place.source, 'none.db');
    const backup = await backUp(
      { none: { kind: 'sqlite', database: path } },
      { name: 'none', parameters: {} },
    );
    expect(backup).toMatchObject({
      ok: false,
      result: { outcome: 'failed', exitCode: 1, output: `there is no database ${path}` },
    });
    expect(existsSync(path)).toBe(false);
  });
});

/** Where a whole PostgreSQL of one version is installed, server and dump alike; null where none is. */
function findPostgres(): string | null {
  const base = '/usr/lib/postgresql';
  const folders = existsSync(base) ? readdirSync(base).map((version) => join(base, version, 'bin')) : [];
  const needed = ['initdb', 'pg_ctl', 'postgres', 'psql', 'pg_dump'];
  return folders.find((bin) => needed.every((program) => existsSync(join(bin, program)))) ?? null;
}

const bin = findPostgres();
const describeWithPostgres =
  bin === null
    ? (title: string, tests: () => void) =>
        describe.skip(
          `${title} (skipped: no PostgreSQL with initdb, psql and pg_dump in /usr/lib/postgresql)`,
          tests,
        )
    : describe;

describeWithPostgres('a PostgreSQL database', () => {
  // The server does not run as root.
  const isRoot = process.getuid?.() === 0;
  const account = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  let socket: string;
  let data: string;
  const control = (...args: string[]): void => {
    execFileSync(join(bin ?? '', 'pg_ctl'), ['-D', data, ...args], {
      ...account,
      cwd: socket,
      stdio: 'ignore',
    });
  };
  const psql = (...args: string[]): string =>
    execFileSync(
      join(bin ?? '', 'psql'),
      ['-h', socket, '-U', 'owner', '-v', 'ON_ERROR_STOP=1', '-qtA', ...args],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ).trim();

  beforeAll(async () => {
    await chmod(place.folder, 0o711);
    socket = join(place.folder, 'pg');
    await mkdir(socket);
    if (isRoot) await chown(socket, 65_534, 65_534);
    data = join(socket, 'data');
    const init = ['-D', data, '-U', 'owner', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'];
    execFileSync(join(bin ?? '', 'initdb'), init, { ...account, cwd: socket, stdio: 'ignore' });
    // Without a network: only through the socket in its folder. Ready when this returns.
    control('start', '-w', '-o', `-k ${socket} -c listen_addresses= -c fsync=off`);
    psql('-d', 'postgres', '-c', 'CREATE DATABASE shop');
    psql(
      '-d',
      'shop',
      '-c',
      "CREATE TABLE goods AS SELECT n, 'thing ' || n AS name FROM generate_series(1, 5000) n",
    );
  }, 60_000);
  afterAll(() => control('stop', '-m', 'immediate'));

  const entry = () => ({
    kind: 'postgresql',
    ...{
      host: socket,
      database: '{database}',
      options: ['--username=owner'],
      program: join(bin ?? '', 'pg_dump'),
    },
    parameters: { database: { pattern: '[a-z]+' } },
  });

  it('is dumped, and what is restored makes the same database again', async () => {
    const backup = await backUp({ pg: entry() }, { name: 'pg', parameters: { database: 'shop' } });
    const dump = await restored(backup, 'pg-shop.sql');
    psql('-d', 'postgres', '-c', 'CREATE DATABASE again');
    psql('-d', 'again', '-f', dump);
    const sum = "SELECT count(*) || ' ' || md5(string_agg(n || name, ',' ORDER BY n)) FROM goods";
    expect(psql('-d', 'again', '-c', sum)).toBe(psql('-d', 'shop', '-c', sum));
    expect(psql('-d', 'again', '-c', 'SELECT count(*) FROM goods')).toBe('5000');
  });

  it('that is not there makes no snapshot, and tells what pg_dump says', async () => {
    const backup = await backUp({ pg: entry() }, { name: 'pg', parameters: { database: 'nowhere' } });
    expect(backup).toMatchObject({ ok: false, result: { outcome: 'failed', exitCode: 1, snapshotId: null } });
    expect(backup.result.output).toContain('database "nowhere" does not exist');
  });

  it.skipIf(!isRoot)('is dumped by another account (as root)', async () => {
    const who = { kind: 'command', argv: ['/usr/bin/id'], user: 'nobody', file: 'id' };
    const backup = await backUp({ who }, { name: 'who', parameters: {} });
    const file = await restored(backup, 'id');
    expect(execFileSync('cat', [file], { encoding: 'utf8' })).toMatch(
      /^uid=65534\(nobody\) gid=65534\(nogroup\) groups=65534\(nogroup\)\n$/,
    );
  });
});

describeWithRestic('the repository afterwards', () => {
  it('is whole', async () => {
    const restic = new StockRestic(place.folder);
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');
  });
});
