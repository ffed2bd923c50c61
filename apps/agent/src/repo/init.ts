import { hostname, userInfo } from 'node:os';
import { Failure } from '@breakwater/domain/failure';
import { initRepository } from '@breakwater/restic-format/initial-files';
import type { Command } from 'commander';
import { z } from 'zod';
import { openStore, withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import { resolveLocation, resolvePassword } from './repository-access.ts';
import { addSourceRepository, sourceAccess, sourceRepositoryOptions } from './source-repository.ts';

const initOptions = repoAccess.extend(sourceRepositoryOptions.shape).extend({
  copyChunkerParams: z.boolean().default(false),
});
type InitOptions = z.infer<typeof initOptions>;

export function initCommand(repo: Command): void {
  addSourceRepository(repoSubcommand(repo, 'init', 'create an empty repository'))
    .option(
      '--copy-chunker-params',
      'cut files as the source repository does, so that copies of its snapshots deduplicate',
    )
    .action((given: object) => runRepoAction(initOptions, given, initAction));
}

async function initAction(options: InitOptions, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  const chunkerPolynomial = await chosenPolynomial(options, signal);
  const location = await resolveLocation(options);
  const password = await resolvePassword(options);
  const opened = await openStore(location);
  try {
    await opened.prepare();
    const owner = { hostname: hostname(), username: userInfo().username };
    const { repositoryId } = await initRepository(
      opened.store,
      password,
      owner,
      signal,
      chunkerPolynomial === null ? {} : { chunkerPolynomial },
    );
    output.answer(
      `Created the repository ${repositoryId} in ${opened.store.location}. Without the password its data is lost.`,
      { message_type: 'initialized', id: repositoryId, repository: location },
    );
    return 0;
  } finally {
    opened.close();
  }
}

/** The source's, where it is asked for; else a random one is made. */
async function chosenPolynomial(options: InitOptions, signal: AbortSignal): Promise<bigint | null> {
  const from = sourceAccess(options);
  if (!options.copyChunkerParams) {
    if (from.repo === undefined && from.repositoryFile === undefined) return null;
    throw new Failure(
      'invalid-request',
      '--from-repo: expected it together with --copy-chunker-params, as nothing else is taken from there',
    );
  }
  return await withRepository(
    { ...from, loadIndex: false },
    'none',
    signal,
    async (source) => source.config.chunkerPolynomial,
    'source',
  );
}
