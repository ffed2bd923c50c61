import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRepository } from '@breakwater/restic-format/check';
import { openRepository } from '@breakwater/restic-format/repository';
import { DirectoryStore } from '../store/directory-store.ts';
import { startRepo } from './repo-program.ts';

/** Of the repositories made here. */
export const PASSWORD = 'correct horse';

export interface KillRound {
  /** ms after its plan was told, at which the prune was killed. */
  delayMs: number;
  /** False: the prune had ended by then. */
  killed: boolean;
  /** From its plan to its end, ms. */
  tookMs: number;
  /** Packs and index files in the store when it was killed. */
  packs: number;
  indexes: number;
  /** What is wrong then, as sentences; hints (packs that no index names) apart. */
  errors: string[];
}

/**
 * Starts a prune on a copy of `original`, kills it with SIGKILL after `delayMs`, and looks at what is left: every
 * byte is read and every blob of every snapshot looked up. The copy stays in `copy` for more looks.
 */
export async function killPrune(
  folder: string,
  original: string,
  copy: string,
  delayMs: number,
): Promise<KillRound> {
  rmSync(copy, { recursive: true, force: true });
  copyByLinks(original, copy);
  const child = startRepo(folder, [
    'prune',
    '--repo',
    copy,
    '--password-file',
    'password',
    '--max-unused',
    '0',
  ]);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no output to read');
  stderr.resume();
  const ended = once(child, 'close');
  // The plan is the first thing it writes; what changes the repository comes after it.
  await Promise.race([once(stdout, 'data'), ended]);
  stdout.resume();
  const plannedAt = performance.now();
  await Promise.race([sleep(delayMs, undefined, { ref: false }), ended]);
  const killed = child.exitCode === null && child.kill('SIGKILL');
  await ended;
  const tookMs = Math.round(performance.now() - plannedAt);
  const packs = readdirSync(join(copy, 'data')).flatMap((name) => readdirSync(join(copy, 'data', name)));
  const repository = await openRepository(new DirectoryStore(copy), PASSWORD);
  const { problems } = await checkRepository(repository, { readData: true });
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const indexes = readdirSync(join(copy, 'index')).length;
  return { delayMs, killed, tookMs, packs: packs.length, indexes, errors };
}

/** Files of a repository never change, so that links to them are a copy. */
function copyByLinks(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyByLinks(source, target);
    else linkSync(source, target);
  }
}

/** A repository with half of its snapshots forgotten, made by stock restic. `megabytes`: of its first snapshot. */
export function makeForgottenRepository(folder: string, megabytes: number): string {
  const repository = join(folder, 'original');
  const source = join(folder, 'source');
  const restic = (...args: string[]): string =>
    execFileSync('restic', ['--no-cache', '--repo', repository, ...args], {
      env: { ...process.env, RESTIC_PASSWORD: PASSWORD },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  if (!existsSync(repository)) restic('init', '--repository-version', '2');
  for (let round = 0; round < 4; round += 1) {
    fillSource(source, round, megabytes);
    restic('backup', source);
  }
  const snapshots = JSON.parse(restic('snapshots', '--json')) as { id: string }[];
  restic('forget', ...snapshots.filter((_, at) => at % 2 === 0).map(({ id }) => id));
  return repository;
}

function fillSource(source: string, round: number, megabytes: number): void {
  mkdirSync(source, { recursive: true });
  for (let folder = 0; folder < 8; folder += 1) {
    const path = join(source, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 20; file += 1) {
      if (round > 0 && (folder * 20 + file + round) % 3 !== 0) continue;
      writeFileSync(join(path, `file-${file}`), randomBytes(Math.round((megabytes * 1_000_000) / 160)));
    }
  }
  cpSync(join(source, 'folder-0'), join(source, `copied-${round}`), { recursive: true });
}
