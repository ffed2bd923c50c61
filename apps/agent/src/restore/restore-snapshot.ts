import { readdirSync } from 'node:fs';
import type { Remark } from '@breakwater/contract/remark';
import type { FileIssue, RunProgress, RunStats } from '@breakwater/contract/run';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { Breather } from '../backup/breather.ts';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { FileIssues } from '../backup/file-issues.ts';
import { refusalNote } from './apply-metadata.ts';
import { countSelected } from './count-selected.ts';
import { OrderPool } from './order-pool.ts';
import { RestoreCounters } from './restore-counters.ts';
import type { ItemAction, Overwrite, RestoreJob } from './restore-job.ts';
import { selectPaths } from './select-paths.ts';
import type { Selection } from './selection.ts';
import { OpenFolders, openTarget, openTargetIfThere } from './target-folder.ts';
import { TreeRestorer } from './tree-restorer.ts';
import { verifyFiles } from './verify-files.ts';

const PROGRESS_MS = 250;

export interface RestoreOptions {
  /** Opened, with its index loaded. Restoring needs no lock but a reader's against a prune: `holdLock`. */
  repository: Repository;
  /** A tree that is not the snapshot's own restores a folder of it: then `summary` is null. */
  snapshot: Pick<Snapshot, 'tree' | 'summary'>;
  /** Inside the snapshot, absolute, as raw strings; empty for everything. Entries keep their whole path. */
  paths: readonly string[];
  /** Instead of `paths`: what is taken. */
  selection?: Selection;
  targetPath: string;
  /**
   * `fresh`: the target must not exist or be empty. `anywhere`: what is there is used, files are made as the snapshot
   * has them, folders never replaced; and still no symlink is followed below the target.
   */
  mode: 'fresh' | 'anywhere';
  /** With `anywhere`: what happens to what is there; `always` by default. */
  overwrite?: Exclude<Overwrite, 'refuse'>;
  /** With `anywhere`: what the snapshot's folders do not hold is removed from the target's. */
  delete?: boolean;
  /** Nothing is changed: the result tells what would be. */
  dryRun?: boolean;
  /** Zeros become holes. */
  sparse?: boolean;
  /** The files are read again afterwards, and compared. */
  verify?: boolean;
  signal: AbortSignal;
  /** At least four times a second, and once at the end. */
  onProgress?: (progress: RunProgress, counters: RestoreCounters) => void;
  onIssue?: (issue: FileIssue) => void;
  /** Each entry as it is done; the path is raw, inside the snapshot. */
  onItem?: (action: ItemAction, path: string, size: number) => void;
}

export interface RestoreResult {
  stats: RunStats;
  /** At most MAX_REPORTED_ISSUES; a restore with any is partial. */
  issues: FileIssue[];
  issueCount: number;
  progress: RunProgress;
  counters: RestoreCounters;
  /** Files read again; null without `verify`. */
  filesVerified: number | null;
  /** What holds for the restore as a whole, such as owners that only root can set. */
  note: Remark | null;
}

/**
 * Restores a snapshot, or some of its paths, into a folder: content, type, mode, owner, times to the nanosecond,
 * attributes, links. What is damaged or refused is an issue and costs only the files concerned. Throws
 * `target-not-empty`, `target-not-allowed`, `path-not-found`, `cancelled`, `unavailable` (the disk is full), and
 * what the store answers. After an end before its time, a restore with mode `anywhere` goes on where it was.
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<RestoreResult> {
  const began = performance.now();
  const { repository, snapshot, mode, signal, dryRun = false } = options;
  throwIfCancelled(signal);
  const selection =
    options.selection ?? (await selectPaths(repository, snapshot.tree, options.paths, signal));
  const target = dryRun ? openTargetIfThere(options.targetPath) : await openTarget(options.targetPath, mode);
  const isFresh = mode === 'fresh' || target < 0 || readdirSync(`/proc/self/fd/${target}`).length === 0;
  const folders = new OpenFolders(target);
  const counters = new RestoreCounters();
  const issues = new FileIssues(options.onIssue ?? (() => undefined));
  const ended = new AbortController();
  const job: RestoreJob = {
    repository,
    folders,
    pool: new OrderPool(repository.key),
    overwrite: mode === 'fresh' ? 'refuse' : (options.overwrite ?? 'always'),
    delete: options.delete ?? false,
    dryRun,
    sparse: options.sparse ?? false,
    counters,
    issues,
    refusals: { owners: false, attributes: false },
    breather: new Breather(),
    signal,
    onItem: options.onItem ?? (() => undefined),
  };
  const tell = (): RunProgress => {
    counters.note = refusalNote(job.refusals);
    const progress = counters.progress(performance.now() - began, issues.count);
    options.onProgress?.(progress, counters);
    return progress;
  };
  const timer = setInterval(tell, PROGRESS_MS);
  const counting = countSelected(
    repository,
    snapshot,
    selection,
    AbortSignal.any([signal, ended.signal]),
  ).then((totals) => {
    if (totals !== null) {
      counters.filesTotal = totals.files;
      counters.bytesTotal = totals.bytes;
    }
  });
  let filesVerified: number | null = null;
  try {
    await new TreeRestorer(job).restore(snapshot.tree, selection, isFresh);
    counters.phase = 'finishing';
    counters.currentFile = null;
    if (options.verify === true && !dryRun) filesVerified = await verifyFiles(job, snapshot.tree, selection);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    clearInterval(timer);
    ended.abort();
    await counting;
    await job.pool.close();
    folders.close();
  }
  return {
    stats: counters.stats((performance.now() - began) / 1000),
    issues: issues.list,
    issueCount: issues.count,
    progress: tell(),
    counters,
    filesVerified,
    note: counters.note,
  };
}
