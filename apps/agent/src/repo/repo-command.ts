import type { Command } from 'commander';
import { backupAction, backupOptions } from './backup.ts';
import { checkAction, checkOptions } from './check.ts';
import { initAction } from './init.ts';
import { lsAction, lsOptions } from './ls.ts';
import { repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import { restoreAction, restoreOptions } from './restore.ts';
import { snapshotsAction } from './snapshots.ts';

/**
 * `breakwater-agent repo …`: any restic repository, without a control center. Exit codes: 0 done, 1 failed, 3 done
 * but some files could not be read or written.
 */
export function repoCommand(program: Command): void {
  const repo = program.command('repo').description('work on a restic repository, without a control center');

  repoSubcommand(repo, 'init', 'create an empty repository').action((given: object) =>
    runRepoAction(repoAccess, given, initAction),
  );

  repoSubcommand(repo, 'backup <paths...>', 'make a snapshot of files and folders')
    .option('--exclude <pattern>', 'leave out what matches, as restic does (repeatable)', collect)
    .option('--exclude-file <file>', 'file of such patterns, one a line (repeatable)', collect)
    .option('--tag <tag>', 'tag of the snapshot (repeatable)', collect)
    .option('--host <name>', "host name of the snapshot instead of this machine's")
    .option('--force', 'read all files, unchanged ones too')
    .option('--uploads <number>', 'packs on their way at once')
    .action((paths: string[], given: object) =>
      runRepoAction(backupOptions, { ...given, paths }, backupAction),
    );

  repoSubcommand(repo, 'snapshots', 'list the snapshots').action((given: object) =>
    runRepoAction(repoAccess, given, snapshotsAction),
  );

  repoSubcommand(repo, 'ls <snapshot> [path]', 'list what a snapshot holds; "latest" is the newest')
    .option('--recursive', 'with everything below')
    .action((snapshot: string, path: string | undefined, given: object) =>
      runRepoAction(lsOptions, { ...given, snapshot, path }, lsAction),
    );

  repoSubcommand(
    repo,
    'restore <snapshot>',
    'restore a snapshot, or some of its paths; "latest" is the newest',
  )
    .requiredOption('--target <folder>', 'an empty or new folder to restore into')
    .option('--path <path>', 'only this path inside the snapshot (repeatable)', collect)
    .option('--anywhere', 'the target may hold files already; those of the same name are replaced')
    .action((snapshot: string, given: object) =>
      runRepoAction(restoreOptions, { ...given, snapshot }, restoreAction),
    );

  repoSubcommand(repo, 'check', 'look for damage')
    .option('--read-data', 'read and verify every byte')
    .action((given: object) => runRepoAction(checkOptions, given, checkAction));
}

function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
