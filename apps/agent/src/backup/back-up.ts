import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Remark } from '@breakwater/contract/remark';
import type { FileIssue, RunProgress, RunStats } from '@breakwater/contract/run';
import { asFailure } from '@breakwater/domain/failure';
import type { GroupBy } from '@breakwater/domain/retention-groups';
import { refuseVersion1 } from '@breakwater/restic-format/format-version';
import { type GoTime, localGoTimeFromMs } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import {
  RepositoryWriter,
  type StoredPack,
  type WrittenCounts,
} from '@breakwater/restic-format/repository-writer';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { readAccountNames } from '../source/account-names.ts';
import { checkPaths } from '../source/check-paths.ts';
import { scan } from '../source/scan.ts';
import { parseSelection, type SelectionRules } from '../source/selection.ts';
import { type TargetFolder, targetTree } from '../source/targets.ts';
import { failureOf, say } from '../remarks/say.ts';
import { BackupCounters, type DoneItem } from './backup-counters.ts';
import type { BackupJob } from './backup-job.ts';
import { Breather } from './breather.ts';
import { throwIfCancelled } from './cancellation.ts';
import { type ChangeRules, STRICT_CHANGES } from './change-rules.ts';
import { FileIssues } from './file-issues.ts';
import { findParent } from './find-parent.ts';
import { FolderSaver } from './folder-saver.ts';
import { snapshotRecord } from './snapshot-record.ts';
import { saveStream } from './stream-saver.ts';
import type { StreamSource } from './stream-source.ts';

/** Totals are counted when a backup takes longer, ms. */
const SCAN_AFTER_MS = 1000;
/** Progress is told this often, ms. */
const PROGRESS_MS = 250;

export interface BackUpOptions {
  /** Opened, locked by the caller (`holdLock`), with its index loaded after locking. */
  repository: Repository;
  /** Absolute or relative to the working folder; non-UTF-8 bytes as restic-format's raw strings hold them. */
  paths: readonly string[];
  /** Instead of paths. */
  stream?: StreamSource;
  /** As `restic --exclude`; the snapshot says so. */
  excludes: readonly string[];
  /** What else is left out; patterns there come after `excludes` and are not written down. */
  rules?: SelectionRules;
  hostname: string;
  username?: string;
  tags: readonly string[];
  /** What the snapshot is, in a person's words; a field of ours that stock restic passes over. */
  description?: string;
  /** Time of the snapshot; now by default. */
  time?: GoTime;
  /** Read everything, whatever an earlier snapshot says. */
  force?: boolean;
  /** The snapshot to compare with, by id, prefix or `latest`; by default restic's choice among the group's. */
  parent?: string;
  groupBy?: GroupBy;
  changes?: ChangeRules;
  withAtime?: boolean;
  /** Do not count first what there is to do. */
  noScan?: boolean;
  /** Files read at once. */
  readConcurrency?: number;
  /** No snapshot when its tree is the parent's. */
  skipIfUnchanged?: boolean;
  /** For a repository whose store keeps nothing (`discardingStore`): there is no snapshot in the end. */
  dryRun?: boolean;
  signal: AbortSignal;
  /** Packs in flight at once; the writer's default otherwise. */
  uploads?: number;
  /** Packs that an earlier run stored and no index names (`findStrayPacks`): their blobs are not sent again. */
  adopt?: readonly StoredPack[];
  /** A pack has become durable, or an index that names these has. */
  onPackStored?: (pack: StoredPack) => void;
  onPacksIndexed?: (packIds: readonly string[]) => void;
  /** At least four times a second, and once at the end. `nodeName` is for the caller to fill in. */
  onProgress?: (progress: RunProgress) => void;
  onIssue?: (issue: FileIssue) => void;
  /** What does not make the snapshot incomplete. */
  onWarning?: (said: Remark | string) => void;
  onItem?: (item: DoneItem) => void;
  /** A path that the rules leave out. */
  onExcluded?: (path: string) => void;
  onParent?: (parentId: string | null) => void;
  /** The backup ends early; this much is stored and counts next time. */
  onKept?: (kept: { packs: number; bytes: number }) => void;
  onScanned?: (totals: { files: number; bytes: number; seconds: number }) => void;
}

export interface BackUpResult {
  snapshot: Snapshot;
  /** null after a dry run, and when nothing had changed and no snapshot was wanted then. */
  snapshotId: string | null;
  stats: RunStats;
  written: WrittenCounts;
  /** At most MAX_REPORTED_ISSUES of them; a backup with any is partial. */
  issues: FileIssue[];
  issueCount: number;
  progress: RunProgress;
}

/**
 * Writes one snapshot of the paths, bit for bit the trees stock restic would write. Single files that cannot be
 * read become issues. Throws a Failure when there is no snapshot: `path-not-found`, `path-unreadable` (nothing
 * has been written then), `invalid-request`, `snapshot-not-found` (the parent), `command-failed`, `cancelled`,
 * `lock-lost` or what the store answers. What is already stored by then counts at the next backup: packs that an
 * index names in any case, the others when they are adopted.
 */
export async function backUp(options: BackUpOptions): Promise<BackUpResult> {
  const startedAt = Date.now();
  const began = performance.now();
  refuseVersion1(options.repository);
  throwIfCancelled(options.signal);
  const { repository, stream } = options;
  const { usable, broken } = stream === undefined ? checkPaths(options.paths) : NO_PATHS;
  const selection = parseSelection(
    { ...options.rules, excludes: [...options.excludes, ...(options.rules?.excludes ?? [])] },
    usable,
    options.onWarning ?? (() => undefined),
  );
  const targets = targetTree(usable);
  const paths = stream === undefined ? usable.map((path) => resolve(path)) : [stream.path];

  const counters = new BackupCounters(options.onItem);
  const issues = new FileIssues(options.onIssue ?? (() => undefined));
  for (const { path, error } of broken) issues.addMissingTarget(resolve(path), error);
  const time = options.time ?? localGoTimeFromMs(startedAt);
  const parent =
    options.force || stream !== undefined
      ? null
      : await findParent(
          repository,
          { ...options, id: options.parent, paths, timeNs: time.ns },
          options.signal,
        );
  options.onParent?.(parent?.id ?? null);

  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const writer = new RepositoryWriter(repository, {
    signal,
    // What is in files is sealed where it is read; trees are too small to be sent elsewhere.
    ...(stream === undefined && { sealPool: null }),
    ...(options.uploads !== undefined && { uploads: options.uploads }),
    ...(options.onPackStored !== undefined && { onPackStored: options.onPackStored }),
    ...(options.onPacksIndexed !== undefined && { onPacksIndexed: options.onPacksIndexed }),
    onUploaded: (bytes) => {
      counters.bytesSent += bytes;
    },
  });
  for (const pack of options.adopt ?? []) writer.adoptPack(pack);
  const job: BackupJob = {
    repository,
    writer,
    selection,
    changes: options.changes ?? STRICT_CHANGES,
    withAtime: options.withAtime ?? false,
    readConcurrency: options.readConcurrency,
    onExcluded: options.onExcluded,
    onWarning: options.onWarning ?? (() => undefined),
    accounts: readAccountNames(),
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
  const walked = new AbortController();
  const scanning =
    options.noScan || stream !== undefined ? null : countTotals(targets, job, options, walked.signal);
  // Without totals there is nothing to wait for before bytes count as on their way.
  if (scanning === null) counters.phase = 'transferring';
  let tree: string;
  let written: WrittenCounts;
  try {
    tree =
      stream === undefined
        ? await saveTree(job, targets, parent?.snapshot.tree ?? null, failed)
        : await saveStream(job, stream, time);
    counters.phase = 'finishing';
    counters.currentFile = null;
    walked.abort();
    counters.settleTotals();
    written = await writer.flush();
    throwIfCancelled(signal);
  } catch (error) {
    failed.abort(error);
    await writer.abort();
    if (mayStillWrite(options.signal, error)) await keepStored(writer, options);
    throwIfCancelled(options.signal);
    throw error;
  } finally {
    clearInterval(timer);
    walked.abort();
    await scanning;
  }
  const snapshot = snapshotRecord({
    ...{ time, tree, parent: parent?.id ?? null, paths, startedAt, counters, written },
    hostname: options.hostname,
    username: options.username,
    excludes: options.excludes,
    tags: options.tags,
    description: options.description,
  });
  const unchanged = options.skipIfUnchanged === true && parent?.snapshot.tree === tree;
  const keep = !unchanged && options.dryRun !== true;
  return {
    snapshot,
    snapshotId: keep ? await repository.saveSnapshot(snapshot, options.signal) : null,
    stats: counters.stats(written, (performance.now() - began) / 1000),
    written,
    issues: issues.list,
    issueCount: issues.count,
    progress: tell(),
  };
}

/** An index that takes longer is left to the next run, which finds the packs by their headers; ms. */
const KEEP_LIMIT_MS = 10_000;

/** Not without the lock, and not to a store that has just failed. */
function mayStillWrite(signal: AbortSignal, error: unknown): boolean {
  if (signal.aborted) return asFailure(signal.reason).code !== 'lock-lost';
  const { code } = asFailure(error);
  return code === 'command-failed' || code === 'source-changed';
}

async function keepStored(writer: RepositoryWriter, options: BackUpOptions): Promise<void> {
  try {
    const { packs, bytesStored } = await writer.keepStored(AbortSignal.timeout(KEEP_LIMIT_MS));
    if (packs > 0) options.onKept?.({ packs, bytes: bytesStored });
  } catch {
    // What ended the backup is what counts.
  }
}

const NO_PATHS: ReturnType<typeof checkPaths> = { usable: [], broken: [] };

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
    throw failureOf('source-changed', say('nothing-read', {}));
  } catch (error) {
    failed.abort(error);
    throw error;
  } finally {
    // Files still being read must be closed, and their chunks handed over or dropped, before anything else ends.
    await saver.settled();
  }
}

/**
 * Runs beside the backup, so that progress soon has a total; a failure of it costs only the totals. A backup that is
 * done at once needs none, and would take twice as long.
 */
async function countTotals(
  targets: TargetFolder,
  job: BackupJob,
  options: BackUpOptions,
  walked: AbortSignal,
): Promise<void> {
  const { counters, selection, signal } = job;
  if (options.onScanned === undefined) {
    await pause(SCAN_AFTER_MS, undefined, { signal: walked }).catch(() => undefined);
  }
  const began = performance.now();
  const totals = await scan(targets, {
    selection,
    breather: new Breather(),
    goOn: () => !signal.aborted && !walked.aborted,
  });
  if (!totals.complete) return;
  counters.filesTotal = totals.files;
  counters.bytesTotal = totals.bytes;
  if (counters.phase === 'scanning') counters.phase = 'transferring';
  options.onScanned?.({ ...totals, seconds: (performance.now() - began) / 1000 });
}
