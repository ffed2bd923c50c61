import type { Command } from 'commander';
import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import { copyCommand } from './copy.ts';
import { diffCommand } from './diff.ts';
import { dumpCommand } from './dump.ts';
import { findCommand } from './find.ts';
import { forgetCommand } from './forget.ts';
import { initCommand } from './init.ts';
import { keyCommand } from './key.ts';
import { lsCommand } from './ls.ts';
import { pruneCommand } from './prune.ts';
import { restoreCommand } from './restore.ts';
import { snapshotsCommand } from './snapshots.ts';
import { statsCommand } from './stats.ts';
import { unlockCommand } from './unlock.ts';

/**
 * `breakwater-agent repo …`: any restic repository, without a control center. Exit codes: 0 done, 1 failed, 3 done
 * but some files could not be read or written.
 */
export function repoCommand(program: Command): void {
  const repo = program.command('repo').description('work on a restic repository, without a control center');
  initCommand(repo);
  backupCommand(repo);
  snapshotsCommand(repo);
  lsCommand(repo);
  restoreCommand(repo);
  statsCommand(repo);
  findCommand(repo);
  dumpCommand(repo);
  diffCommand(repo);
  checkCommand(repo);
  forgetCommand(repo);
  pruneCommand(repo);
  copyCommand(repo);
  unlockCommand(repo);
  keyCommand(repo);
}
