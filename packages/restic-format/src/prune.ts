import { asFailure, Failure } from '@breakwater/domain/failure';
import { BulkPool } from './bulk-pool.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { refuseVersion1 } from './format-version.ts';
import { judgeDistrusted } from './prune-distrust.ts';
import { packsWithDamagedTwins } from './prune-twins.ts';
import { replaceIndex } from './prune-index.ts';
import { DEFAULT_PRUNE_OPTIONS, type PruneOptions } from './prune-options.ts';
import { planPrune, type PrunePlan } from './prune-plan.ts';
import { moveBlobs } from './prune-repack.ts';
import type { PruneWork } from './prune-work.ts';
import type { Repository } from './repository.ts';
import { TreeWalk } from './tree-walk.ts';

const REMOVALS_AT_ONCE = 8;

export interface PruneResult {
  packsWritten: number;
  /** Bytes of new packs and index files. */
  bytesStored: number;
  /** Files that could not be removed. They do no harm; the next prune tries again. */
  notRemoved: { name: string; reason: string }[];
}

/**
 * Finds what is in use and decides what to do. The repository is locked exclusively and its index loaded after that.
 * Throws `repository-damaged` when a snapshot needs a blob that no pack has: then a prune might remove what a repair
 * could still use.
 */
export async function preparePrune(
  repository: Repository,
  options: Partial<PruneOptions> & {
    /** Snapshots that count as forgotten already, for a rehearsal of `forget`. */
    ignoreSnapshots?: ReadonlySet<string>;
    /** Packs in which a check has found damage. */
    distrusted?: readonly string[];
  } & PruneWork = {},
): Promise<PrunePlan> {
  const { signal, onProgress, ignoreSnapshots, distrusted = [], pool: givenPool, ...given } = options;
  refuseVersion1(repository);
  const snapshots = await repository.listSnapshots(signal);
  const roots = snapshots.filter(({ id }) => ignoreSnapshots?.has(id) !== true);
  const pool = givenPool ?? new BulkPool([repository.key], repository.store);
  try {
    const walk = new TreeWalk(repository, pool, {
      signal,
      onProgress: (done) => onProgress?.({ phase: 'finding', done, total: null }),
    });
    await walk.walk(roots.map(({ snapshot }) => snapshot.tree));
    if (walk.lost.length > 0) throw lostBlobs(repository, walk);
    const stored = await repository.store.list('data', signal);
    const chosen = { ...DEFAULT_PRUNE_OPTIONS, ...given };
    const { index, config } = repository;
    // Of blobs in several places one is kept: it must not be a damaged one.
    const unsound = await packsWithDamagedTwins(repository, walk.used, new Set(distrusted), signal);
    const doubted = [...distrusted, ...unsound];
    if (doubted.length === 0) return planPrune(index, walk.used, stored, config.version, chosen);
    const distrust = await judgeDistrusted(repository, walk.used, doubted, signal);
    return planPrune(index, walk.used, stored, config.version, chosen, distrust);
  } finally {
    if (givenPool === undefined) await pool.close();
  }
}

/**
 * Carries out a plan, once. At every moment all that snapshots need is in packs that are there and in index files
 * that name them: new packs come first, then the new index, then old index files go, then old packs. Cut off
 * anywhere, it leaves at most packs too many. The index in memory is out of date afterwards.
 */
export async function executePrune(
  repository: Repository,
  plan: PrunePlan,
  work: PruneWork = {},
): Promise<PruneResult> {
  const result: PruneResult = { packsWritten: 0, bytesStored: 0, notRemoved: [] };
  const { signal, onProgress } = work;
  const total = plan.unreferenced.length + plan.repack.size + plan.remove.length;
  let removed = 0;
  const removePacks = async (packIds: readonly string[]): Promise<void> => {
    await eachInParallel(packIds, REMOVALS_AT_ONCE, async (name) => {
      throwIfAborted(signal);
      try {
        await repository.store.remove('data', name, signal);
      } catch (error) {
        throwIfAborted(signal);
        result.notRemoved.push({ name, reason: asFailure(error).message });
      }
      removed += 1;
      onProgress?.({ phase: 'removing', done: removed, total });
    });
  };

  await removePacks(plan.unreferenced);
  const moved = await moveBlobs(repository, plan, work);
  result.packsWritten = moved.packs;
  result.bytesStored = moved.bytesStored;
  if (plan.rewritesIndex) {
    result.bytesStored += await replaceIndex(repository, plan, moved.unindexed, work);
  }
  const repacked = Array.from(plan.repack, (pack) => repository.index.packIdAt(pack));
  await removePacks([...plan.remove, ...repacked]);
  throwIfAborted(signal);
  return result;
}

function lostBlobs(repository: Repository, walk: TreeWalk): Failure {
  const { lost } = walk;
  const named = lost.slice(0, 5).map(({ type, id, reason }) => `${type} blob ${id} (${reason})`);
  const more = lost.length > named.length ? `, and ${lost.length - named.length} more` : '';
  const absent = repository.absentPacks.size;
  const packs =
    absent === 0
      ? ''
      : `; ${absent} packs that the index names are missing or have another size than it says`;
  return new Failure(
    'repository-damaged',
    `${repository.store.location}: snapshots need what cannot be read: ${named.join(', ')}${more}${packs}. ` +
      'Nothing was pruned, so that a repair has all there is',
  );
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
}
