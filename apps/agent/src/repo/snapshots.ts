import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { Command } from 'commander';
import { displayPath } from '../source/display-path.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, type RepoAccess, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

export function snapshotsCommand(repo: Command): void {
  repoSubcommand(repo, 'snapshots', 'list the snapshots').action((given: object) =>
    runRepoAction(repoAccess, given, snapshotsAction),
  );
}

async function snapshotsAction(
  options: RepoAccess,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withRepository<ExitCode>(options, 'none', signal, async (repository, workSignal) => {
    const snapshots = await repository.listSnapshots(workSignal);
    for (const { id, snapshot } of snapshots) {
      const paths = snapshot.paths.map(displayPath);
      const tags = snapshot.tags.length === 0 ? '' : `  [${snapshot.tags.join(', ')}]`;
      const time = formatGoTime(snapshot.time);
      output.answer(
        `${id.slice(0, 8)}  ${time.slice(0, 19).replace('T', ' ')}  ${snapshot.hostname}${tags}  ${paths.join(', ')}`,
        {
          type: 'snapshot',
          id,
          time,
          hostname: snapshot.hostname,
          username: snapshot.username,
          paths,
          tags: snapshot.tags,
          tree: snapshot.tree,
          parent: snapshot.parent,
        },
      );
    }
    if (snapshots.length === 0 && !options.json) output.note('The repository has no snapshots yet');
    return 0;
  });
}
