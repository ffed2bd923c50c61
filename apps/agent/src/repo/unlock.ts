import { removeAllLocks } from '@breakwater/restic-format/lock';
import type { Command } from 'commander';
import { z } from 'zod';
import { removeStaleLocksOf } from '../backup/lock-keeper.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

const unlockOptions = repoAccess.extend({ removeAll: z.boolean().default(false) });

export function unlockCommand(repo: Command): void {
  repoSubcommand(repo, 'unlock', 'remove locks that nobody holds any more')
    .option('--remove-all', 'remove all locks, also those of work that goes on')
    .action((given: object) => runRepoAction(unlockOptions, given, unlockAction));
}

async function unlockAction(
  options: z.infer<typeof unlockOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const access = { ...options, loadIndex: false };
  return await withRepository<ExitCode>(access, 'none', signal, async (repository, workSignal) => {
    const count = options.removeAll
      ? await removeAllLocks(repository, workSignal)
      : await removeStaleLocksOf(repository, workSignal);
    const text = count === 1 ? 'removed 1 lock' : `removed ${count} locks`;
    output.answer(text, { message_type: 'summary', locks_removed: count });
    return 0;
  });
}
