import type { Command } from 'commander';

/** In the order the help lists them. */
const subcommands: Record<string, () => Promise<(repo: Command) => void>> = {
  init: async () => (await import('./init.ts')).initCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  snapshots: async () => (await import('./snapshots.ts')).snapshotsCommand,
  ls: async () => (await import('./ls.ts')).lsCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  stats: async () => (await import('./stats.ts')).statsCommand,
  find: async () => (await import('./find.ts')).findCommand,
  dump: async () => (await import('./dump.ts')).dumpCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  forget: async () => (await import('./forget.ts')).forgetCommand,
  prune: async () => (await import('./prune.ts')).pruneCommand,
  copy: async () => (await import('./copy.ts')).copyCommand,
  unlock: async () => (await import('./unlock.ts')).unlockCommand,
  key: async () => (await import('./key.ts')).keyCommand,
};

/**
 * `breakwater-agent repo …`: any restic repository, without a control center. Exit codes: 0 done, 1 failed, 3 done
 * but some files could not be read or written. Only the subcommand that is `wanted` is loaded, which is a good part of
 * the time a short one takes; all of them where it is none of them, for the help.
 */
export async function repoCommand(program: Command, wanted: string | undefined): Promise<void> {
  const repo = program.command('repo').description('work on a restic repository, without a control center');
  const load = Object.hasOwn(subcommands, wanted ?? '') ? subcommands[wanted ?? ''] : undefined;
  for (const subcommand of load === undefined ? Object.values(subcommands) : [load])
    (await subcommand())(repo);
}
