import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { BackUpResult } from '../backup/back-up.ts';
import type { DoneItem } from '../backup/backup-counters.ts';
import { displayPath } from '../source/display-path.ts';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { printable } from './printable.ts';
import type { RepoOutput } from './repo-output.ts';

/** The end of a backup: restic's last lines, or its `summary` record. */
export function reportSummary(result: BackUpResult, dryRun: boolean, output: RepoOutput): void {
  const { snapshot, snapshotId, stats, written, issueCount } = result;
  const { summary } = snapshot;
  if (summary === null) return;
  const seconds = stats.durationSeconds ?? 0;
  const lines = [
    `Files:       ${five(summary.filesNew)} new, ${five(summary.filesChanged)} changed, ${five(summary.filesUnmodified)} unmodified`,
    `Dirs:        ${five(summary.dirsNew)} new, ${five(summary.dirsChanged)} changed, ${five(summary.dirsUnmodified)} unmodified`,
  ];
  if (output.verbosity > 0) {
    lines.push(`Data Blobs:  ${five(written.dataBlobs)} new`, `Tree Blobs:  ${five(written.treeBlobs)} new`);
  }
  lines.push(
    `${dryRun ? 'Would add' : 'Added'} to the repository: ${formatBytes(written.bytesAdded)} (${formatBytes(written.bytesStored)} stored)`,
    '',
    `processed ${summary.totalFilesProcessed} files, ${formatBytes(summary.totalBytesProcessed)} in ${formatDuration(seconds)}`,
  );
  if (issueCount > 0) {
    lines.push(
      `${issueCount} ${issueCount === 1 ? 'issue' : 'issues'}: the snapshot lacks what is named above`,
    );
  }
  if (snapshotId !== null) lines.push(`snapshot ${snapshotId.slice(0, 8)} saved`);
  else if (!dryRun) lines.push('nothing has changed: no snapshot was made');
  if (output.verbosity >= 0) output.text(lines.join('\n'));
  output.record({
    message_type: 'summary',
    files_new: summary.filesNew,
    files_changed: summary.filesChanged,
    files_unmodified: summary.filesUnmodified,
    dirs_new: summary.dirsNew,
    dirs_changed: summary.dirsChanged,
    dirs_unmodified: summary.dirsUnmodified,
    data_blobs: written.dataBlobs,
    tree_blobs: written.treeBlobs,
    data_added: written.bytesAdded,
    data_added_packed: written.bytesStored,
    total_files_processed: summary.totalFilesProcessed,
    total_bytes_processed: summary.totalBytesProcessed,
    total_duration: seconds,
    backup_start: formatGoTime(summary.backupStart),
    backup_end: formatGoTime(summary.backupEnd),
    snapshot_id: snapshotId ?? undefined,
    dry_run: dryRun ? true : undefined,
  });
}

const ACTIONS = { New: 'new', Changed: 'modified', Unmodified: 'unchanged' } as const;

/** One file or folder, with `--verbose` twice. */
export function reportItem(done: DoneItem, output: RepoOutput): void {
  const { kind, fate, path, added, stored, treeAdded, seconds } = done;
  const action = ACTIONS[fate];
  const item = `${placeOf(path)}${kind === 'dir' ? '/' : ''}`;
  const size = kind === 'file' && fate !== 'Unmodified' ? ` (${formatBytes(added)} added)` : '';
  output.answer(`${action.padEnd(9)} ${printable(item)}${size}`, {
    message_type: 'verbose_status',
    action,
    item,
    duration: seconds,
    data_size: added,
    data_size_in_repo: stored ?? undefined,
    metadata_size: treeAdded,
    total_files: 0,
  });
}

export function reportExcluded(path: string, output: RepoOutput): void {
  const item = displayPath(path);
  output.answer(`excluded  ${printable(item)}`, { message_type: 'excluded_item', item });
}

/** Where a path of the source is in the snapshot. */
function placeOf(path: string): string {
  return displayPath(`/${path.replace(/^(?:\.\.\/)+/, '').replace(/^\//, '')}`);
}

function five(count: number): string {
  return String(count).padStart(5);
}
