import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { SnapshotSummary, StoredSnapshot } from '@breakwater/restic-format/snapshot';
import { displayPath } from '../source/display-path.ts';
import type { JsonRecord } from './repo-output.ts';

/** A snapshot as restic shows it to programs: the stored fields, empty ones left out, with its id. */
export function snapshotRecord({ id, snapshot }: StoredSnapshot): JsonRecord {
  return {
    time: formatGoTime(snapshot.time),
    parent: snapshot.parent ?? undefined,
    tree: snapshot.tree,
    paths: snapshot.paths.map(displayPath),
    hostname: snapshot.hostname || undefined,
    username: snapshot.username || undefined,
    uid: snapshot.uid || undefined,
    gid: snapshot.gid || undefined,
    excludes: snapshot.excludes.length === 0 ? undefined : snapshot.excludes,
    tags: snapshot.tags.length === 0 ? undefined : snapshot.tags,
    original: snapshot.original ?? undefined,
    program_version: snapshot.programVersion || undefined,
    summary: snapshot.summary === null ? undefined : summaryRecord(snapshot.summary),
    description: snapshot.description,
    id,
    short_id: id.slice(0, 8),
  };
}

function summaryRecord(summary: SnapshotSummary): JsonRecord {
  return {
    backup_start: formatGoTime(summary.backupStart),
    backup_end: formatGoTime(summary.backupEnd),
    files_new: summary.filesNew,
    files_changed: summary.filesChanged,
    files_unmodified: summary.filesUnmodified,
    dirs_new: summary.dirsNew,
    dirs_changed: summary.dirsChanged,
    dirs_unmodified: summary.dirsUnmodified,
    data_blobs: summary.dataBlobs,
    tree_blobs: summary.treeBlobs,
    data_added: summary.dataAdded,
    data_added_packed: summary.dataAddedPacked,
    total_files_processed: summary.totalFilesProcessed,
    total_bytes_processed: summary.totalBytesProcessed,
  };
}
