import { type CheckSubset, choosePacks } from '@breakwater/domain/check-subset';
import { checkIndex } from './check-index.ts';
import { checkPacks } from './check-packs.ts';
import { CheckPool } from './check-pool.ts';
import { type Problem, ProblemLog } from './check-problem.ts';
import { checkTrees } from './check-trees.ts';
import type { Repository } from './repository.ts';

export interface CheckProgress {
  phase: 'structure' | 'data';
  treesDone: number;
  packsDone: number;
  packsTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export interface CheckOptions {
  /** Read packs whole and verify every blob in them: all packs, or those of `readDataSubset`. */
  readData: boolean;
  readDataSubset?: CheckSubset | undefined;
  signal?: AbortSignal;
  onProgress?: (progress: CheckProgress) => void;
  /** Told of each problem when it is found, also of those beyond what the report keeps. */
  onProblem?: (problem: Problem) => void;
  /** For tests: what chooses a random subset. */
  random?: () => number;
}

export interface CheckReport {
  /** The first ten thousand. */
  problems: Problem[];
  errors: number;
  hints: number;
  /** Packs that are damaged, missing, or of which index files tell differently. */
  brokenPacks: string[];
  /** Packs that an index names and that are there. */
  packs: number;
  snapshots: number;
  /** Entries in the index. */
  blobs: number;
  /** Packs, and bytes of them, that were read whole. */
  packsRead: number;
  bytesRead: number;
}

/**
 * Finds what is wrong with a copy: index files against packs, every tree and blob of every snapshot, and with
 * `readData` every byte of packs. Loads the index anew; when a file of it is damaged, nothing further is judged, as
 * everything it named would seem lost. Throws only when the store itself cannot be used.
 */
export async function checkRepository(repository: Repository, options: CheckOptions): Promise<CheckReport> {
  const { signal, onProgress } = options;
  const log = new ProblemLog(options.onProblem);
  // Snapshots first: what they need was in an index before them.
  const snapshots = await repository.listSnapshots(signal, {
    onDamaged: (name, { message }) =>
      log.add({ kind: 'snapshot-damaged', severity: 'error', message, snapshotId: name }),
  });
  const index = await repository.loadIndex(signal, {
    onDamaged: (_name, { message }) => log.add({ kind: 'index-damaged', severity: 'error', message }),
  });
  const packs = [...index.packSizes()].filter((pack) => !pack.absent);
  const progress = { treesDone: 0, packsDone: 0, packsTotal: 0, bytesDone: 0, bytesTotal: 0 };
  const report = (): CheckReport => ({
    problems: log.kept,
    errors: log.errors,
    hints: log.hints,
    brokenPacks: [...log.brokenPacks].sort(),
    packs: packs.length,
    snapshots: snapshots.length,
    blobs: index.size,
    packsRead: progress.packsDone,
    bytesRead: progress.bytesDone,
  });
  if (log.has('index-damaged')) return report();

  await checkIndex(repository, log, signal);
  await comparePacks(repository, log, signal);
  const pool = new CheckPool(repository);
  try {
    const wanted = wantedPacks(packs, options);
    progress.packsTotal = wanted.size;
    progress.bytesTotal = [...wanted.values()].reduce((sum, size) => sum + size, 0);
    onProgress?.({ phase: 'structure', ...progress });
    await checkTrees(repository, snapshots, pool, log, {
      signal,
      onProgress: (treesDone) => {
        progress.treesDone = treesDone;
        onProgress?.({ phase: 'structure', ...progress });
      },
    });
    const lostBlobs = await checkPacks(repository, wanted, pool, log, {
      signal,
      onPack: (bytes) => {
        progress.packsDone += 1;
        progress.bytesDone += bytes;
        onProgress?.({ phase: 'data', ...progress });
      },
    });
    if (lostBlobs.size > 0) await checkTrees(repository, snapshots, pool, log, { signal, lostBlobs });
  } finally {
    await pool.close();
  }
  return report();
}

/** Packs to read whole, by id, with their sizes. */
function wantedPacks(
  packs: readonly { packId: string; size: number }[],
  { readData, readDataSubset, random = Math.random }: CheckOptions,
): Map<string, number> {
  if (!readData) return new Map();
  const chosen = readDataSubset === undefined ? packs : choosePacks(packs, readDataSubset, random);
  return new Map(chosen.map(({ packId, size }) => [packId, size]));
}

async function comparePacks(
  repository: Repository,
  log: ProblemLog,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sizes = new Map((await repository.store.list('data', signal)).map((pack) => [pack.name, pack.size]));
  const named = new Set<string>();
  for (const { packId, size } of repository.index.packSizes()) {
    named.add(packId);
    const there = sizes.get(packId);
    if (there === undefined) {
      const message = `pack ${packId} is named by an index, but it is not there`;
      log.add({ kind: 'pack-missing', severity: 'error', message, packId });
    } else if (there !== size) {
      const message = `pack ${packId} has ${there} bytes, the index says ${size}`;
      log.add({ kind: 'pack-wrong-size', severity: 'error', message, packId });
    }
  }
  for (const packId of sizes.keys()) {
    if (named.has(packId)) continue;
    const message = `pack ${packId} is named by no index: left by a backup that was broken off`;
    log.add({ kind: 'pack-not-indexed', severity: 'hint', message, packId });
  }
}
