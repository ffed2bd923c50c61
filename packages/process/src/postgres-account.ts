import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { PostgresBinaries } from './postgres-binaries.ts';

/**
 * As whom PostgreSQL runs, which refuses to run as root:
 * `direct` as this process's own user; `switch` as an unprivileged user; `namespace` as this process's user under
 * another number in a user namespace; `copy` as an unprivileged user, with programs and data in a place it can reach.
 */
export const ways = ['direct', 'switch', 'namespace', 'copy'] as const;
export type Way = (typeof ways)[number];

const account = z.object({
  way: z.enum(ways),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
  /** Folder with the programs, and the one with the cluster in it. */
  binaries: z.string(),
  home: z.string(),
});
export type PostgresAccount = z.infer<typeof account>;

/** `nobody` on every Linux: a user with a name and without rights. */
const UNPRIVILEGED = 65534;
/** Places every user can traverse; `/var/tmp` last, as systems may clean it. */
export const COPY_PLACES = ['/var/lib', '/var/tmp'];
const RECORD = 'account.json';

/**
 * The account of the cluster under `dataDir`: the one remembered beside it, else the first possible of `allowed`.
 * It is never changed on existing data, as the owners of the files differ. Throws an Error that says what to do.
 */
export function settleAccount(
  dataDir: string,
  binaries: PostgresBinaries,
  allowed: readonly Way[],
  copyPlaces: readonly string[],
): PostgresAccount {
  const record = join(dataDir, RECORD);
  if (existsSync(record)) return remembered(record, binaries);
  const chosen = choose(dataDir, binaries, allowed, copyPlaces);
  mkdirSync(chosen.home, { recursive: true });
  writeFileSync(record, `${JSON.stringify(chosen, null, 2)}\n`, { mode: 0o600 });
  return chosen;
}

/** The folder with the cluster of the server under `dataDir`; null where none was ever started. */
export function homeOf(dataDir: string): string | null {
  const record = join(dataDir, RECORD);
  return existsSync(record) ? account.parse(JSON.parse(readFileSync(record, 'utf8'))).home : null;
}

function remembered(record: string, binaries: PostgresBinaries): PostgresAccount {
  const before = account.parse(JSON.parse(readFileSync(record, 'utf8')));
  // The programs move with every installation; a copy of them stays.
  const now: PostgresAccount = before.way === 'copy' ? before : { ...before, binaries: binaries.folder };
  const self = process.getuid?.() ?? 0;
  const owner = before.way === 'switch' || before.way === 'copy' ? 0 : before.uid;
  if (self !== owner && self !== 0) {
    throw new Error(
      `the database under ${before.home} was made by user ${owner}: start as that user, as before`,
    );
  }
  if (before.way === 'copy' && !existsSync(join(now.binaries, 'bin', 'postgres'))) {
    cpSync(binaries.folder, now.binaries, { recursive: true, verbatimSymlinks: true });
  }
  if (!runs(now)) {
    throw new Error(
      `the database under ${before.home} was made by PostgreSQL running in the way "${before.way}", which does not work here any more: start it where and as it was started before, or set DATABASE_URL`,
    );
  }
  return now;
}

function choose(
  dataDir: string,
  binaries: PostgresBinaries,
  allowed: readonly Way[],
  copyPlaces: readonly string[],
): PostgresAccount {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const here = { binaries: binaries.folder, home: dataDir };
  const nobody = { uid: UNPRIVILEGED, gid: UNPRIVILEGED };
  if (uid !== 0) return { way: 'direct', uid, gid, ...here };
  if (allowed.includes('switch')) {
    const candidate: PostgresAccount = { way: 'switch', ...nobody, ...here };
    if (runs(candidate)) return candidate;
  }
  if (allowed.includes('namespace')) {
    const candidate: PostgresAccount = { way: 'namespace', uid, gid, ...here };
    if (runs(candidate)) return candidate;
  }
  if (allowed.includes('copy')) {
    for (const place of copyPlaces) {
      const candidate = copyTo(place, binaries, nobody);
      if (candidate === null) continue;
      if (runs(candidate)) return candidate;
      rmSync(candidate.home, { recursive: true, force: true });
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and no other user could be taken here: start Breakwater as an ordinary user, or set DATABASE_URL',
  );
}

function copyTo(
  place: string,
  binaries: PostgresBinaries,
  owner: { uid: number; gid: number },
): PostgresAccount | null {
  let home: string | undefined;
  try {
    home = mkdtempSync(join(place, 'breakwater-postgres-'));
    chmodSync(home, 0o755);
    const copied = join(home, 'programs');
    cpSync(binaries.folder, copied, { recursive: true, verbatimSymlinks: true });
    return { way: 'copy', ...owner, binaries: copied, home };
  } catch {
    // No room there, or no right to write.
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
    return null;
  }
}

/** The command line and the credentials with which the program at `path` runs in this account. */
export function inAccount(
  one: PostgresAccount,
  path: string,
  args: readonly string[],
): { file: string; args: string[]; credentials: { uid: number; gid: number } | Record<never, never> } {
  const inNamespace = one.way === 'namespace' || (path.endsWith('/initdb') && isNameless(one));
  if (inNamespace) {
    const mapping = ['--user', `--map-user=${UNPRIVILEGED}`, `--map-group=${UNPRIVILEGED}`];
    return { file: 'unshare', args: [...mapping, '--', path, ...args], credentials: {} };
  }
  const self = process.getuid?.() === one.uid;
  return { file: path, args: [...args], credentials: self ? {} : { uid: one.uid, gid: one.gid } };
}

/** initdb, and it alone, wants its user to have a name; a container's often has none. In a namespace it has one. */
function isNameless(one: PostgresAccount): boolean {
  if (one.way !== 'direct' || process.getuid?.() !== one.uid) return false;
  try {
    userInfo();
    return false;
  } catch {
    return true;
  }
}

/** Makes `path` the account's own; nothing to do where that is this process's user. */
export function giveTo(one: PostgresAccount, path: string): void {
  if (one.way !== 'namespace' && process.getuid?.() !== one.uid) chownSync(path, one.uid, one.gid);
}

/** Nothing of the user's own environment may reach PostgreSQL: a locale it inherits can keep initdb from working. */
export const postgresEnvironment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;

/** Whether the programs start, their own files can be read, and the home can be reached, in this account. */
function runs(one: PostgresAccount): boolean {
  const catalog = join(one.binaries, 'share', 'postgresql', 'postgres.bki');
  return (
    succeeds(one, join(one.binaries, 'bin', 'postgres'), ['--version']) &&
    succeeds(one, '/bin/sh', ['-c', 'test -r "$0" && test -x "$1"', catalog, one.home])
  );
}

function succeeds(one: PostgresAccount, path: string, given: string[]): boolean {
  const { file, args, credentials } = inAccount(one, path, given);
  const ended = spawnSync(file, args, {
    ...credentials,
    env: postgresEnvironment,
    cwd: '/',
    stdio: 'ignore',
  });
  return ended.status === 0;
}
