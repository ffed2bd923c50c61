import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { FileIssue, RunProgress, RunStats } from '@breakwater/contract/run';
import { Failure } from '@breakwater/domain/failure';
import { type GoTime, localGoTimeFromMs } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import { RepositoryWriter, type WrittenCounts } from '@breakwater/restic-format/repository-writer';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { readAccountNames } from '../source/account-names.ts';
import { checkPaths } from '../source/check-paths.ts';
import { parseExcludes } from '../source/exclude-patterns.ts';
import { scan } from '../source/scan.ts';
import { type TargetFolder, targetTree } from '../source/targets.ts';
import { BackupCounters } from './backup-counters.ts';
import type { BackupJob } from './backup-job.ts';
import { Breather } from './breather.ts';
import { throwIfCancelled } from './cancellation.ts';
import { FileIssues } from './file-issues.ts';
import { findParent } from './find-parent.ts';
import { FolderSaver } from './folder-saver.ts';
import { programVersion } from './program-version.ts';

/** Progress is told this often, ms. */
const PROGRESS_MS = 250;

export interface BackUpOptions {
  /** Opened, locked by the caller (`holdLock`), with its index loaded after locking. */
  repository: Repository;
  /** Absolute or relative to the working folder; non-UTF-8 bytes as restic-format's raw strings hold them. */
  paths: readonly string[];
  /** As `restic --exclude`. */
  excludes: readonly string[];
  hostname: string;
  username?: string;
  tags: readonly string[];
  /** Time of the snapshot; now by default. */
  time?: GoTime;
  /** Read everything, whatever an earlier snapshot says. */
  force?: boolean;
  signal: AbortSignal;
  /** Packs in flight at once; the writer's default otherwise. */
  uploads?: number;
  /** At least four times a second, and once at the end. `nodeName` is for the caller to fill in. */
  onProgress?: (progress: RunProgress) => void;
  onIssue?: (issue: FileIssue) => void;
}

export interface BackUpResult {
  snapshot: Snapshot;
  snapshotId: string;
  stats: RunStats;
  /** At most MAX_REPORTED_ISSUES of them; a backup with any is partial. */
  issues: FileIssue[];
  issueCount: number;
  progress: RunProgress;
}

/**
 * Writes one snapshot of the paths, bit for bit the trees stock restic would write. Single files that cannot be
 * read become issues. Throws a Failure when there is no snapshot: `path-not-found`, `path-unreadable` (nothing
 * has been written then), `invalid-request`, `cancelled`, `lock-lost` or what the store answers. What is already
 * stored by then are packs that the next backup can use or a prune removes.
 */
export async function backUp(options: BackUpOptions): Promise<BackUpResult> {
  const startedAt = Date.now();
  const began = performance.now();
  throwIfCancelled(options.signal);
  const isExcluded = parseExcludes(options.excludes);
  const { usable, broken } = checkPaths(options.paths);
  const targets = targetTree(usable);
  const absolutePaths = usable.map((path) => resolve(path));

  const counters = new BackupCounters();
  const issues = new FileIssues(options.onIssue ?? (() => undefined));
  for (const { path, error } of broken) issues.addReadError(resolve(path), 'scan', error);
  const time = options.time ?? localGoTimeFromMs(startedAt);
  const { repository } = options;
  const parent = options.force
    ? null
    : await findParent(repository, options.hostname, absolutePaths, time.ns, options.signal);

  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const writer = new RepositoryWriter(repository, {
    signal,
    ...(options.uploads !== undefined && { uploads: options.uploads }),
    onUploaded: (bytes) => {
      counters.bytesSent += bytes;
    },
  });
  const accounts = readAccountNames();
  const job: BackupJob = {
    repository,
    writer,
    isExcluded,
    accounts,
    counters,
    issues,
    breather: new Breather(),
    signal,
  };
  const tell = (): RunProgress => {
    const progress = counters.progress(performance.now() - began, issues.count);
    options.onProgress?.(progress);
    return progress;
  };
  const timer = setInterval(tell, PROGRESS_MS);
  const scanning = countTotals(targets, job);
  let tree: string;
  let written: WrittenCounts;
  try {
    tree = await saveTree(job, targets, parent?.snapshot.tree ?? null, failed);
    counters.phase = 'finishing';
    counters.currentFile = null;
    written = await writer.flush();
    throwIfCancelled(signal);
  } catch (error) {
    failed.abort(error);
    await writer.abort();
    throwIfCancelled(options.signal);
    throw error;
  } finally {
    clearInterval(timer);
    await scanning;
  }
  const snapshot = snapshotOf(options, {
    time,
    tree,
    parent: parent?.id ?? null,
    paths: absolutePaths,
    startedAt,
    counters,
    written,
  });
  const snapshotId = await repository.saveSnapshot(snapshot, options.signal);
  return {
    snapshot,
    snapshotId,
    stats: counters.stats(written, (performance.now() - began) / 1000),
    issues: issues.list,
    issueCount: issues.count,
    progress: tell(),
  };
}

async function saveTree(
  job: BackupJob,
  targets: TargetFolder,
  parentTree: string | null,
  failed: AbortController,
): Promise<string> {
  const saver = new FolderSaver(job);
  try {
    const tree = await saver.saveTargets(targets, parentTree);
    if (tree !== null) return tree;
    throw new Failure(
      'source-changed',
      'Nothing of what was to be backed up could be read; no snapshot was made',
    );
  } catch (error) {
    failed.abort(error);
    throw error;
  } finally {
    // Files still being read must be closed, and their chunks handed over or dropped, before anything else ends.
    await saver.settled();
  }
}

/** Runs beside the backup, so that progress soon has a total; a failure of it costs only the totals. */
async function countTotals(targets: TargetFolder, job: BackupJob): Promise<void> {
  const { counters, isExcluded, signal } = job;
  const totals = await scan(targets, {
    isExcluded,
    breather: new Breather(),
    goOn: () => !signal.aborted && counters.phase !== 'finishing',
  });
  if (!totals.complete) return;
  counters.filesTotal = totals.files;
  counters.bytesTotal = totals.bytes;
  if (counters.phase === 'scanning') counters.phase = 'transferring';
}

function snapshotOf(
  options: BackUpOptions,
  made: {
    time: GoTime;
    tree: string;
    parent: string | null;
    paths: string[];
    startedAt: number;
    counters: BackupCounters;
    written: WrittenCounts;
  },
): Snapshot {
  const { items, filesDone, bytesDone } = made.counters;
  return {
    time: made.time,
    parent: made.parent,
    tree: made.tree,
    paths: made.paths,
    hostname: options.hostname,
    username: options.username ?? userInfo().username,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    excludes: [...options.excludes],
    tags: [...options.tags],
    original: null,
    programVersion: programVersion(),
    summary: {
      backupStart: localGoTimeFromMs(made.startedAt),
      backupEnd: localGoTimeFromMs(Date.now()),
      ...items,
      dataBlobs: made.written.dataBlobs,
      treeBlobs: made.written.treeBlobs,
      dataAdded: made.written.bytesAdded,
      dataAddedPacked: made.written.bytesStored,
      totalFilesProcessed: filesDone,
      totalBytesProcessed: bytesDone,
    },
  };
}
