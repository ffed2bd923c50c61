import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Failure } from '@breakwater/domain/failure';
import type { Command } from 'commander';
import { z } from 'zod';
import { backUp } from '../backup/back-up.ts';
import { errorCode } from '../posix/error-code.ts';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { withRepository } from './open-repository.ts';
import { collect, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

const backupOptions = repoAccess.extend({
  paths: z.array(z.string().min(1)).min(1, 'expected at least one path'),
  exclude: z.array(z.string()).default([]),
  excludeFile: z.array(z.string()).default([]),
  tag: z.array(z.string().regex(/^[^,]*\S[^,]*$/, 'expected a tag without commas')).default([]),
  host: z.string().min(1).optional(),
  force: z.boolean().default(false),
  uploads: z.coerce.number().int().min(1).max(32, 'expected 1 to 32').optional(),
});

export function backupCommand(repo: Command): void {
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
}

async function backupAction(
  options: z.infer<typeof backupOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const excludes = [...options.exclude, ...(await readExcludeFiles(options.excludeFile))];
  return await withRepository(options, 'must', signal, async (repository, workSignal) => {
    const result = await backUp({
      repository,
      paths: options.paths,
      excludes,
      hostname: options.host ?? hostname(),
      tags: options.tag,
      force: options.force,
      signal: workSignal,
      ...(options.uploads !== undefined && { uploads: options.uploads }),
      onProgress: (progress) => output.progress(progress),
      onIssue: (issue) => output.issue(issue),
    });
    const { stats, snapshotId, snapshot, issueCount } = result;
    output.answer(
      [
        `Snapshot ${snapshotId.slice(0, 8)} of ${snapshot.paths.join(', ')}`,
        `Files: ${stats.filesNew} new, ${stats.filesChanged} changed, ${stats.filesUnmodified} unchanged`,
        `Folders: ${stats.dirsNew} new, ${stats.dirsChanged} changed, ${stats.dirsUnmodified} unchanged`,
        `${formatBytes(stats.bytesProcessed ?? 0)} in ${formatDuration(stats.durationSeconds ?? 0)}, of which ${formatBytes(stats.bytesAdded ?? 0)} new (${formatBytes(stats.bytesStored ?? 0)} stored)`,
        ...(issueCount > 0 ? [`${issueCount} issues: the snapshot lacks these files or parts of them`] : []),
      ].join('\n'),
      {
        type: 'summary',
        snapshotId,
        tree: snapshot.tree,
        parent: snapshot.parent,
        paths: snapshot.paths,
        stats,
        issueCount,
      },
    );
    return issueCount > 0 ? 3 : 0;
  });
}

async function readExcludeFiles(files: readonly string[]): Promise<string[]> {
  const patterns: string[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new Failure(
        'invalid-request',
        `--exclude-file is "${file}": it cannot be read (${errorCode(error) ?? String(error)})`,
      );
    }
    const lines = text.split('\n').map((line) => line.trim());
    patterns.push(...lines.filter((line) => line !== '' && !line.startsWith('#')));
  }
  return patterns;
}
