import { hostname, userInfo } from 'node:os';
import { initRepository } from '@breakwater/restic-format/initial-files';
import type { Command } from 'commander';
import { openStore, readPassword } from './open-repository.ts';
import { type ExitCode, type RepoAccess, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

export function initCommand(repo: Command): void {
  repoSubcommand(repo, 'init', 'create an empty repository').action((given: object) =>
    runRepoAction(repoAccess, given, initAction),
  );
}

async function initAction(options: RepoAccess, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  const password = await readPassword(options.passwordFile);
  const opened = openStore(options.repo);
  try {
    await opened.prepare();
    const owner = { hostname: hostname(), username: userInfo().username };
    const { repositoryId } = await initRepository(opened.store, password, owner, signal);
    output.answer(
      `Created the repository ${repositoryId} in ${opened.store.location}. Without the password its data is lost.`,
      { type: 'created', repositoryId, location: opened.store.location },
    );
    return 0;
  } finally {
    opened.close();
  }
}
