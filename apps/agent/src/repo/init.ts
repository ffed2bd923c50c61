import { hostname, userInfo } from 'node:os';
import { initRepository } from '@breakwater/restic-format/initial-files';
import type { Command } from 'commander';
import { openStore } from './open-repository.ts';
import { type ExitCode, type RepoAccess, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import { resolveLocation, resolvePassword } from './repository-access.ts';

export function initCommand(repo: Command): void {
  repoSubcommand(repo, 'init', 'create an empty repository').action((given: object) =>
    runRepoAction(repoAccess, given, initAction),
  );
}

async function initAction(options: RepoAccess, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  const location = await resolveLocation(options);
  const password = await resolvePassword(options);
  const opened = openStore(location);
  try {
    await opened.prepare();
    const owner = { hostname: hostname(), username: userInfo().username };
    const { repositoryId } = await initRepository(opened.store, password, owner, signal);
    output.answer(
      `Created the repository ${repositoryId} in ${opened.store.location}. Without the password its data is lost.`,
      { message_type: 'initialized', id: repositoryId, repository: location },
    );
    return 0;
  } finally {
    opened.close();
  }
}
