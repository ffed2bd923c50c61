import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import {
  COPY_PLACES,
  giveTo,
  inAccount,
  type PostgresAccount,
  postgresEnvironment,
  settleAccount,
  type Way,
  ways,
} from './postgres-account.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { claim, markThrowaway } from './postgres-claim.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import type { Shutdown } from './shutdown.ts';
import { endPostmaster, stopOrphan } from './stop-postmaster.ts';

export interface EmbeddedPostgresOptions {
  /** A folder for this server alone: password, log, and the cluster (which may lie elsewhere: `postgres-account.ts`). */
  dataDir: string;
  logger: Logger;
  /** When given, the server stops with the process. */
  shutdown?: Shutdown;
  /** False only for throwaway data: a crash of the machine may then lose or damage it. */
  fsync?: boolean;
  /** As whom it may run when this process is root; tests force one. */
  ways?: readonly Way[];
  copyPlaces?: readonly string[];
}

export interface EmbeddedPostgres {
  /** `postgresql://…` with the password, for this machine only. */
  url: string;
  pid: number;
  /** Settles when the server has ended, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

const USER = 'breakwater';
const START_TIMEOUT_MS = 60_000;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/**
 * Starts the PostgreSQL that came with npm on 127.0.0.1, on a port that is free now, making its cluster on the first
 * start. A server that an earlier, killed process left behind is stopped first. Throws an Error with one sentence
 * when the folder is in use by a live process or the server does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, logger } = options;
  mkdirSync(dataDir, { recursive: true });
  const account = settleAccount(
    dataDir,
    findPostgresBinaries(),
    options.ways ?? ways,
    options.copyPlaces ?? COPY_PLACES,
  );
  claim(dataDir);
  if (options.fsync === false) markThrowaway(dataDir);
  const cluster = join(account.home, 'cluster');
  if (await stopOrphan(cluster))
    logger.warn({ cluster }, 'stopped the PostgreSQL that an earlier process left behind');
  const password = readPassword(dataDir);
  if (!existsSync(cluster)) await initialise(account, dataDir, cluster, password, options.fsync ?? true);
  const child = await startOnFreePort(account, dataDir, cluster, options.fsync ?? true);
  const file = readPostmasterPid(cluster);
  if (file?.port == null) throw new Error(`PostgreSQL under ${cluster} did not write its port`);
  logger.info({ pid: file.pid, port: file.port, way: account.way }, 'PostgreSQL has started');
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= endPostmaster(file.pid, exited);
    return stopping;
  };
  options.shutdown?.onClose('embedded PostgreSQL', stop);
  return {
    url: `postgresql://${USER}:${password}@127.0.0.1:${file.port}/postgres`,
    pid: file.pid,
    exited,
    stop,
  };
}

function readPassword(dataDir: string): string {
  const path = join(dataDir, 'password');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Made under another name first, so that a process killed half-way leaves nothing that looks like a cluster. */
async function initialise(
  account: PostgresAccount,
  dataDir: string,
  cluster: string,
  password: string,
  fsync: boolean,
): Promise<void> {
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = join(account.home, 'initdb-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(account, unfinished);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(account, passwordFile);
  try {
    const args = ['--pgdata', unfinished, '--username', USER, '--pwfile', passwordFile];
    args.push('--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions');
    args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
    if (!fsync) args.push('--no-sync');
    const child = launch(account, 'initdb', args, dataDir);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0)
      throw new Error(`PostgreSQL could not make its cluster under ${cluster}: ${lastLine(dataDir)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster);
}

async function startOnFreePort(
  account: PostgresAccount,
  dataDir: string,
  cluster: string,
  fsync: boolean,
): Promise<ChildProcess> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(await choosePort(join(dataDir, 'port'))),
      // A socket's path may have 107 bytes, a data folder's many more.
      unix_socket_directories: '',
      timezone: 'UTC',
      log_timezone: 'UTC',
      max_connections: '200',
      shared_buffers: '64MB',
      ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = launch(account, 'postgres', ['-D', cluster, ...args], dataDir);
    const started = await ready(child, cluster, until);
    if (started) return child;
    const why = lastLine(dataDir);
    // Another process may have taken the port meanwhile, or workers of a killed server may still be ending.
    const passing =
      /could not bind|could not create any TCP\/IP|pre-existing shared memory|already exists/.test(why);
    if (!passing || Date.now() > until) throw new Error(`PostgreSQL under ${cluster} did not start: ${why}`);
    await pause(250);
  }
}

/** True once the server takes connections, false when it has ended first. */
async function ready(child: ChildProcess, cluster: string, until: number): Promise<boolean> {
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  while (Date.now() < until) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const file = readPostmasterPid(cluster);
    if (file?.pid === child.pid && file?.ready === true) return true;
    await pause(20);
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL under ${cluster} was not ready after ${START_TIMEOUT_MS / 1000} s`);
}

/** In a session of its own: Ctrl-C in the terminal reaches the parent alone, which then stops it in its turn. */
function launch(
  account: PostgresAccount,
  program: 'postgres' | 'initdb',
  given: string[],
  dataDir: string,
): ChildProcess {
  const log = openLog(dataDir);
  try {
    const { file, args, credentials } = inAccount(account, join(account.binaries, 'bin', program), given);
    return spawn(file, args, {
      ...credentials,
      cwd: '/',
      env: postgresEnvironment,
      stdio: ['ignore', log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

function openLog(dataDir: string): number {
  const path = join(dataDir, 'postgres.log');
  const full = existsSync(path) && statSync(path).size > MAX_LOG_BYTES;
  if (full) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The last line of the log that says why. */
function lastLine(dataDir: string): string {
  const lines = readFileSync(join(dataDir, 'postgres.log'), 'utf8').trim().split('\n').slice(-12);
  const telling = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? 'no message';
  return telling.replace(/^.*?(FATAL|PANIC|error): */, '');
}

/**
 * The port of the last start where it is free, so that clients find a restarted server again; else another that is
 * free, which is remembered. PostgreSQL itself takes no port 0.
 */
async function choosePort(remembered: string): Promise<number> {
  const former = existsSync(remembered) ? Number(readFileSync(remembered, 'utf8')) : 0;
  const port = (Number.isInteger(former) && former > 0 ? await tryPort(former) : null) ?? (await tryPort(0));
  if (port === null) throw new Error('no free port on 127.0.0.1');
  writeFileSync(remembered, String(port));
  return port;
}

/** The port listened on for a moment, 0 for any; null when that was not possible. */
async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listening) return null;
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address === null || typeof address === 'string' ? null : address.port;
}
