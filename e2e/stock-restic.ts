import { execFileSync, spawnSync } from 'node:child_process';

/** Why stock restic cannot judge here, or null. In CI it must be there. */
export function whyNoRestic(): string | null {
  if (spawnSync('restic', ['version']).status === 0) return null;
  if (process.env.CI !== undefined) throw new Error('restic is not installed, and CI must have it');
  return 'skipped: restic not installed';
}

/** Runs stock restic on a repository folder; throws with its words when it fails. */
export function restic(repository: string, password: string, ...args: string[]): string {
  return execFileSync('restic', ['-r', repository, '--no-cache', ...args], {
    env: { ...process.env, RESTIC_PASSWORD: password },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
