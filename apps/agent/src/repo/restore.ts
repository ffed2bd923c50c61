import type { Command } from 'commander';
import { type RestoreResult, restoreSnapshot } from '../restore/restore-snapshot.ts';
import type { RestoreCounters } from '../restore/restore-counters.ts';
import { displayPath } from '../source/display-path.ts';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { chooseSnapshot } from './one-snapshot.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, repoSubcommand, runRepoAction } from './repo-action.ts';
import { type JsonRecord, printable, type RepoOutput } from './repo-output.ts';
import {
  addRestoreOptions,
  checkRestoreOptions,
  type GivenRestore,
  restoreOptions,
  selectionOf,
} from './restore-options.ts';
import { snapshotFilterOf } from './snapshot-filter.ts';

export function restoreCommand(repo: Command): void {
  addRestoreOptions(
    repoSubcommand(
      repo,
      'restore <snapshot>',
      'restore a snapshot, a folder of it (ID:folder), or what patterns choose; "latest" is the newest',
    ),
  ).action((snapshot: string, given: object) =>
    runRepoAction(restoreOptions, { ...given, snapshot }, restoreAction),
  );
}

async function restoreAction(
  options: GivenRestore,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  checkRestoreOptions(options);
  const selection = await selectionOf(options);
  const filter = snapshotFilterOf({ host: options.host, tag: options.tag });
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const { id, snapshot, tree, subfolder } = await chooseSnapshot(
      repository,
      options.snapshot,
      filter,
      workSignal,
    );
    const summary = subfolder === null ? snapshot.summary : null;
    const began = performance.now();
    const result = await restoreSnapshot({
      repository,
      snapshot: { tree, summary },
      paths: options.path,
      ...(selection !== undefined && { selection }),
      targetPath: options.target,
      mode: options.overwrite !== undefined || options.anywhere ? 'anywhere' : 'fresh',
      overwrite: options.overwrite ?? 'always',
      delete: options.delete,
      dryRun: options.dryRun,
      sparse: options.sparse,
      verify: options.verify,
      signal: workSignal,
      onProgress: (progress, counters) => {
        if (!output.json) output.progress(progress);
        else output.status('', statusRecord(counters, performance.now() - began));
      },
      onIssue: (issue) => output.issue(issue),
      ...(output.verbosity >= 2 && {
        onItem: (action: string, path: string, size: number): void =>
          output.answer(`${action.padEnd(9)} ${printable(displayPath(path))} (${formatBytes(size)})`, {
            message_type: 'verbose_status',
            action,
            item: displayPath(path),
            size,
          }),
      }),
    });
    if (result.note !== null) output.note(result.note.text);
    const seconds = (performance.now() - began) / 1000;
    output.answer(summaryText(options, id, result, seconds), summaryRecord(result.counters, seconds));
    return result.issueCount > 0 ? 3 : 0;
  });
}

function countsOf(counters: RestoreCounters): JsonRecord {
  const done = counters.filesDone + counters.othersDone;
  const bytes = counters.bytesDone;
  return {
    total_files: done || undefined,
    files_restored: done || undefined,
    files_skipped: counters.filesUnchanged + counters.filesSkipped + counters.othersSkipped || undefined,
    files_deleted: counters.deleted || undefined,
    total_bytes: bytes || undefined,
    bytes_restored: bytes || undefined,
    bytes_skipped: counters.bytesUnchanged + counters.bytesSkipped || undefined,
  };
}

function statusRecord(counters: RestoreCounters, milliseconds: number): JsonRecord {
  const done = counters.bytesDone + counters.bytesUnchanged + counters.bytesSkipped;
  const { bytesTotal, filesTotal } = counters;
  return {
    message_type: 'status',
    seconds_elapsed: Math.floor(milliseconds / 1000) || undefined,
    percent_done: bytesTotal === null || bytesTotal === 0 ? 0 : Math.min(1, done / bytesTotal),
    ...countsOf(counters),
    total_files: filesTotal ?? undefined,
    total_bytes: bytesTotal ?? undefined,
  };
}

function summaryRecord(counters: RestoreCounters, seconds: number): JsonRecord {
  return {
    message_type: 'summary',
    seconds_elapsed: Math.floor(seconds) || undefined,
    ...countsOf(counters),
  };
}

function summaryText(options: GivenRestore, id: string, result: RestoreResult, seconds: number): string {
  const { counters, issueCount, filesVerified } = result;
  const verb = options.dryRun ? 'Would restore' : 'Restored';
  const lines = [
    `${verb} ${counters.filesDone} files (${formatBytes(counters.bytesDone)}) of snapshot ${id.slice(0, 8)} to ${options.target} in ${formatDuration(seconds)}`,
  ];
  const kept = counters.filesUnchanged + counters.filesSkipped;
  if (kept > 0) {
    lines.push(
      `${kept} files (${formatBytes(counters.bytesUnchanged + counters.bytesSkipped)}) were left as they are: ${counters.filesUnchanged} right already, ${counters.filesSkipped} not to be overwritten`,
    );
  }
  if (counters.deleted > 0) {
    lines.push(`${options.dryRun ? 'Would remove' : 'Removed'} ${counters.deleted} entries`);
  }
  if (filesVerified !== null) lines.push(`Verified ${filesVerified} files`);
  if (issueCount > 0) lines.push(`${issueCount} issues: these entries are not as in the snapshot`);
  return lines.join('\n');
}
