import type { FileIssue, RunProgress, RunStats } from '@breakwater/contract/run';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { Breather } from '../backup/breather.ts';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { FileIssues } from '../backup/file-issues.ts';
import { countSelected } from './count-selected.ts';
import { RestoreCounters } from './restore-counters.ts';
import type { RestoreJob } from './restore-job.ts';
import { selectPaths } from './select-paths.ts';
import { OpenFolders, openTarget } from './target-folder.ts';
import { TreeRestorer } from './tree-restorer.ts';

const PROGRESS_MS = 250;

export interface RestoreOptions {
  /** Opened, with its index loaded. Restoring needs no lock but a reader's against a prune: `holdLock`. */
  repository: Repository;
  snapshot: Snapshot;
  /** Inside the snapshot, absolute, as raw strings; empty for everything. Entries keep their whole path. */
  paths: readonly string[];
  targetPath: string;
  /**
   * `fresh`: the target must not exist or be empty. `anywhere`: what is there is used, files are replaced,
   * folders never; and still no symlink is followed below the target.
   */
  mode: 'fresh' | 'anywhere';
  signal: AbortSignal;
  /** At least four times a second, and once at the end. */
  onProgress?: (progress: RunProgress) => void;
  onIssue?: (issue: FileIssue) => void;
}

export interface RestoreResult {
  stats: RunStats;
  /** At most MAX_REPORTED_ISSUES; a restore with any is partial. */
  issues: FileIssue[];
  issueCount: number;
  progress: RunProgress;
  /** What holds for the restore as a whole, such as owners that only root can set. */
  note: string | null;
}

/**
 * Restores a snapshot, or some of its paths, into a folder: content, type, mode, owner, times to the nanosecond,
 * attributes, links. What is damaged or refused is an issue and costs only the files concerned. Throws
 * `target-not-empty`, `target-not-allowed`, `path-not-found`, `cancelled`, `unavailable` (the disk is full), and
 * what the store answers.
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<RestoreResult> {
  const began = performance.now();
  const { repository, snapshot } = options;
  throwIfCancelled(options.signal);
  const selection = await selectPaths(repository, snapshot.tree, options.paths, options.signal);
  const target = await openTarget(options.targetPath, options.mode);
  const folders = new OpenFolders(target);
  const counters = new RestoreCounters();
  const issues = new FileIssues(options.onIssue ?? (() => undefined));
  const ended = new AbortController();
  const job: RestoreJob = {
    repository,
    folders,
    replace: options.mode === 'anywhere',
    counters,
    issues,
    breather: new Breather(),
    signal: options.signal,
  };
  const tell = (): RunProgress => {
    const progress = counters.progress(performance.now() - began, issues.count);
    options.onProgress?.(progress);
    return progress;
  };
  const timer = setInterval(tell, PROGRESS_MS);
  const counting = countSelected(
    repository,
    snapshot,
    selection,
    AbortSignal.any([options.signal, ended.signal]),
  ).then((totals) => {
    if (totals !== null) {
      counters.filesTotal = totals.files;
      counters.bytesTotal = totals.bytes;
    }
  });
  try {
    await new TreeRestorer(job).restore(snapshot.tree, selection);
    counters.phase = 'finishing';
    counters.currentFile = null;
  } catch (error) {
    throwIfCancelled(options.signal);
    throw error;
  } finally {
    clearInterval(timer);
    ended.abort();
    await counting;
    folders.close();
  }
  return {
    stats: counters.stats((performance.now() - began) / 1000),
    issues: issues.list,
    issueCount: issues.count,
    progress: tell(),
    note: counters.note,
  };
}
