import { asFailure, Failure } from '@breakwater/domain/failure';
import { checkPack } from './check-pack.ts';
import type { Problem } from './check-problem.ts';
import { checkSnapshots } from './check-snapshots.ts';
import type { Repository } from './repository.ts';

export interface CheckProgress {
  phase: 'structure' | 'data';
  packsDone: number;
  packsTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export interface CheckOptions {
  /** Read every pack whole and verify every blob. */
  readData: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: CheckProgress) => void;
}

export interface CheckReport {
  problems: Problem[];
  /** Packs that an index names and that are there. */
  packs: number;
  snapshots: number;
  /** Entries in the index. */
  blobs: number;
  /** Bytes of packs read. */
  bytesRead: number;
}

/**
 * Finds what is wrong with a copy: index files against packs, every tree and blob of every snapshot, and with
 * `readData` every byte of every pack. Loads the index anew. Throws only when the store itself cannot be used.
 */
export async function checkRepository(repository: Repository, options: CheckOptions): Promise<CheckReport> {
  const { signal, onProgress } = options;
  let problems: Problem[] = [];
  // Snapshots first: what they need was in an index before them.
  const snapshots = await repository.listSnapshots(signal, {
    onDamaged: (name, failure) => {
      problems.push({
        kind: 'snapshot-damaged',
        severity: 'error',
        message: failure.message,
        snapshotId: name,
      });
    },
  });
  const index = await repository.loadIndex(signal, {
    onDamaged: (_name, failure) => {
      problems.push({ kind: 'index-damaged', severity: 'error', message: failure.message });
    },
  });
  const sizes = new Map((await repository.store.list('data', signal)).map((pack) => [pack.name, pack.size]));
  // Joined, not pushed by spreading: there may be more of them than a call takes arguments.
  problems = problems.concat(comparePacks(repository, sizes));
  const packs = [...index.packSizes()].filter((pack) => !pack.absent);
  const bytesTotal = options.readData ? packs.reduce((sum, pack) => sum + pack.size, 0) : 0;
  const progress = {
    packsDone: 0,
    packsTotal: options.readData ? packs.length : 0,
    bytesDone: 0,
    bytesTotal,
  };
  onProgress?.({ phase: 'structure', ...progress });
  problems = problems.concat(await checkSnapshots(repository, snapshots, signal));
  if (options.readData) {
    for (const { packId, blobs } of index.packs()) {
      if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
      try {
        problems = problems.concat(await checkPack(repository, packId, blobs, signal));
      } catch (error) {
        const failure = asFailure(error);
        if (failure.code !== 'not-found' && failure.code !== 'pack-damaged') throw failure;
        problems.push({ kind: 'pack-damaged', severity: 'error', message: failure.message, packId });
      }
      progress.packsDone += 1;
      progress.bytesDone += sizes.get(packId) ?? 0;
      onProgress?.({ phase: 'data', ...progress });
    }
  }
  return {
    problems,
    packs: packs.length,
    snapshots: snapshots.length,
    blobs: index.size,
    bytesRead: progress.bytesDone,
  };
}

function comparePacks(repository: Repository, sizes: ReadonlyMap<string, number>): Problem[] {
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const { packId, size } of repository.index.packSizes()) {
    named.add(packId);
    const there = sizes.get(packId);
    if (there === undefined) {
      const message = `pack ${packId} is named by an index, but it is not there`;
      problems.push({ kind: 'pack-missing', severity: 'error', message, packId });
    } else if (there !== size) {
      const message = `pack ${packId} has ${there} bytes, the index says ${size}`;
      problems.push({ kind: 'pack-wrong-size', severity: 'error', message, packId });
    }
  }
  for (const packId of sizes.keys()) {
    if (named.has(packId)) continue;
    const message = `pack ${packId} is named by no index: left by a backup that was broken off`;
    problems.push({ kind: 'pack-not-indexed', severity: 'hint', message, packId });
  }
  return problems;
}
