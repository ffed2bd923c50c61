import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './measured.ts';

export const jobNames = ['initial', 'unchanged', 'changed', 'restore', 'check', 'prune'] as const;
export type JobName = (typeof jobNames)[number];

export const jobTitles: Record<JobName, string> = {
  initial: 'initial backup',
  unchanged: 'nothing changed',
  changed: '1 % changed',
  restore: 'restore',
  check: 'check --read-data',
  prune: 'prune, half the snapshots forgotten',
};

/** Where one program keeps what it makes in one round. */
export interface Place {
  source: string;
  /** A folder. */
  repository: string;
  /** The same, as programs are told: another one where it is reached through a storage node. */
  location: string;
  /** For password, cache. */
  aside: string;
  /** Not there before a restore. */
  target: string;
}

/** A program that backs up. A job it does not do is left out. */
export interface Peer {
  name: string;
  version: string;
  /** Makes an empty repository; not measured. */
  prepare(place: Place): Command[];
  jobs: Partial<Record<JobName, (place: Place) => Command>>;
  /** Forgets all snapshots but the last `keep`, and frees nothing; not measured, before a prune. */
  forget?: (place: Place, keep: number) => Command;
}

const PASSWORD = 'bench';

function passwordFile({ aside }: Place): string {
  return join(aside, 'password');
}

/** Breakwater's own command first, then those of its peers that are on PATH. */
export function findPeers(): Peer[] {
  const found = [breakwater()];
  if (isOnPath('restic')) found.push(restic());
  if (isOnPath('borg')) found.push(borg());
  if (isOnPath('rsync')) found.push(rsync());
  return found;
}

export function prepareAside(place: Place): void {
  mkdirSync(place.aside, { recursive: true });
  writeFileSync(passwordFile(place), PASSWORD);
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function versionOf(name: string, args: string[]): string {
  const { stdout } = spawnSync(name, args, { encoding: 'utf8' });
  return /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] ?? 'unknown version';
}

function breakwater(): Peer {
  const program = fileURLToPath(new URL('../../apps/agent/bin/breakwater-agent.mjs', import.meta.url));
  const repo =
    (name: string, more: (place: Place) => string[] = () => []) =>
    (place: Place): Command => ({
      program: process.execPath,
      args: [
        program,
        'repo',
        name,
        '--repo',
        place.location,
        '--password-file',
        passwordFile(place),
        ...more(place),
      ],
    });
  const backup = repo('backup', ({ source }) => [source]);
  return {
    name: 'breakwater',
    version: `Node ${process.versions.node}`,
    prepare: (place) => [repo('init')(place)],
    jobs: {
      initial: backup,
      unchanged: backup,
      changed: backup,
      restore: repo('restore', ({ target }) => ['latest', '--target', target]),
      check: repo('check', () => ['--read-data']),
      prune: repo('prune'),
    },
    forget: (place, keep) => repo('forget', () => ['--keep-last', String(keep)])(place),
  };
}

function restic(): Peer {
  const run =
    (...args: string[]) =>
    (place: Place): Command => ({
      program: 'restic',
      args: [
        '--quiet',
        '--repo',
        place.location,
        '--password-file',
        passwordFile(place),
        '--cache-dir',
        join(place.aside, 'cache'),
        ...args,
      ],
    });
  const backup = (place: Place): Command => run('backup', place.source)(place);
  return {
    name: 'restic',
    version: versionOf('restic', ['version']),
    prepare: (place) => [run('init')(place)],
    jobs: {
      initial: backup,
      unchanged: backup,
      changed: backup,
      restore: (place) => run('restore', 'latest', '--target', place.target)(place),
      check: run('check', '--read-data'),
      prune: run('prune'),
    },
    forget: (place, keep) => run('forget', '--keep-last', String(keep))(place),
  };
}

function borg(): Peer {
  const run =
    (args: (place: Place) => string[], cwd?: (place: Place) => string) =>
    (place: Place): Command => ({
      program: 'borg',
      args: args(place),
      ...(cwd !== undefined && { cwd: cwd(place) }),
      env: {
        BORG_PASSPHRASE: PASSWORD,
        BORG_BASE_DIR: place.aside,
        BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
      },
    });
  const backup = run(({ repository, source }) => [
    'create',
    '--compression',
    'lz4',
    `${repository}::{utcnow:%Y%m%d%H%M%S%f}`,
    source,
  ]);
  return {
    name: 'borg',
    version: versionOf('borg', ['--version']),
    prepare: (place) => [run(({ repository }) => ['init', '--encryption', 'repokey', repository])(place)],
    jobs: {
      initial: backup,
      unchanged: backup,
      changed: backup,
      restore: (place) => {
        mkdirSync(place.target, { recursive: true });
        return run(
          ({ repository }) => ['extract', `${repository}::${lastArchive(place)}`],
          ({ target }) => target,
        )(place);
      },
      check: run(({ repository }) => ['check', '--verify-data', repository]),
      prune: run(({ repository }) => ['compact', repository]),
    },
    forget: (place, keep) =>
      run(({ repository }) => ['prune', '--keep-last', String(keep), repository])(place),
  };
}

function lastArchive(place: Place): string {
  const { stdout } = spawnSync('borg', ['list', '--short', '--last', '1', place.repository], {
    encoding: 'utf8',
    env: { ...process.env, BORG_PASSPHRASE: PASSWORD, BORG_BASE_DIR: place.aside },
  });
  return stdout.trim();
}

/** No backup program: what copying alone costs. */
function rsync(): Peer {
  const copy = ({ source, repository }: Place): Command => ({
    program: 'rsync',
    args: ['-a', `${source}/`, `${repository}/`],
  });
  return {
    name: 'rsync',
    version: versionOf('rsync', ['--version']),
    prepare: ({ repository }) => [{ program: 'mkdir', args: ['-p', repository] }],
    jobs: {
      initial: copy,
      unchanged: copy,
      changed: copy,
      restore: ({ repository, target }) => ({
        program: 'rsync',
        args: ['-a', `${repository}/`, `${target}/`],
      }),
    },
  };
}

/** Bytes and files below a folder. */
export function sizeOfFolder(folder: string): { files: number; bytes: number } {
  const { stdout } = spawnSync('find', [folder, '-type', 'f', '-printf', '%s\\n'], {
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  const sizes = stdout.split('\n').filter((line) => line !== '');
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}
