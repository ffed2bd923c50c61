import type { Command } from 'commander';
import { z } from 'zod';
import { restoreSnapshot } from '../restore/restore-snapshot.ts';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { withRepository } from './open-repository.ts';
import { collect, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

const restoreOptions = repoAccess.extend({
  snapshot: z.string().min(1),
  target: z.string().min(1, 'expected a folder'),
  path: z.array(z.string().min(1)).default([]),
  anywhere: z.boolean().default(false),
});

export function restoreCommand(repo: Command): void {
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
}

async function restoreAction(
  options: z.infer<typeof restoreOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withRepository(options, 'may', signal, async (repository, workSignal) => {
    const { id, snapshot } = await repository.loadSnapshot(options.snapshot, workSignal);
    const { stats, issueCount, note } = await restoreSnapshot({
      repository,
      snapshot,
      paths: options.path,
      targetPath: options.target,
      mode: options.anywhere ? 'anywhere' : 'fresh',
      signal: workSignal,
      onProgress: (progress) => output.progress(progress),
      onIssue: (issue) => output.issue(issue),
    });
    if (note !== null) output.note(note);
    output.answer(
      [
        `Restored ${stats.filesRestored} files (${formatBytes(stats.bytesRestored ?? 0)}) of snapshot ${id.slice(0, 8)} to ${options.target} in ${formatDuration(stats.durationSeconds ?? 0)}`,
        ...(issueCount > 0 ? [`${issueCount} issues: these entries are missing there`] : []),
      ].join('\n'),
      { type: 'summary', snapshotId: id, target: options.target, stats, issueCount },
    );
    return issueCount > 0 ? 3 : 0;
  });
}
