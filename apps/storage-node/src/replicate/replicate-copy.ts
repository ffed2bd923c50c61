import type { ReplicationOrder } from '@breakwater/contract/replication';
import { Failure } from '@breakwater/domain/failure';
import { planMirror, planPull, type ReplicatedFile } from '@breakwater/domain/replication-plan';
import type { PackStore } from '@breakwater/restic-format/pack-store';
import type { RepositoryStore } from '../store/repository-store.ts';
import { listOwn, listSource } from './list-copy.ts';
import { pullFile } from './pull-file.ts';
import type { PullProgress } from './pull-progress.ts';

/** Files on their way at a time. */
const LANES = 4;

export interface ReplicateOptions {
  order: Pick<ReplicationOrder, 'repositoryId' | 'forgotten' | 'mirror'>;
  source: PackStore;
  store: RepositoryStore;
  progress: PullProgress;
  signal: AbortSignal;
  /** Asked before anything is put in its place or removed; throws when it may not be any more. */
  assertMayWrite: () => void;
}

type Groups = readonly (readonly ReplicatedFile[])[];

/**
 * Brings this node's copy up to the source's: packs, then indexes, then snapshots, so that the copy is whole at every
 * moment; what is there is not fetched again. Throws `repository-missing` for a copy without config,
 * `repository-damaged` where files differ in size, `pack-damaged`, `conflict` for a mirror that would lose something.
 */
export async function replicateCopy(options: ReplicateOptions): Promise<void> {
  const { order, source, store, progress, signal } = options;
  await assertRepositories(options);
  const from = await listSource(source, signal);
  const own = await listOwn(store, order.repositoryId);
  const forgotten = new Set(order.forgotten);
  if (!order.mirror) {
    const plan = planPull(from, own, forgotten);
    if (plan.pull === 'refused') throw damaged(source, plan.differing);
    progress.planned(plan.pull === 'nothing' ? { files: 0, bytes: 0 } : plan);
    if (plan.pull === 'files') await fetchGroups(plan.groups, options);
    return;
  }
  const plan = planMirror(from, own, forgotten);
  if (plan.mirror === 'refused') throw damaged(source, plan.differing);
  if (plan.mirror === 'ahead') {
    throw new Failure(
      'conflict',
      `This copy holds ${plan.snapshots.length} snapshots that ${source.location} lacks; nothing was removed.`,
      { retryable: true },
    );
  }
  progress.planned(plan);
  await fetchGroups(plan.groups, options);
  progress.finishing();
  for (const group of plan.removals) {
    for (const { kind, name } of group) {
      options.assertMayWrite();
      signal.throwIfAborted();
      await store.remove({ repository: order.repositoryId, kind, name });
      progress.filesRemoved += 1;
    }
  }
}

async function assertRepositories({ order, source, store, signal }: ReplicateOptions): Promise<void> {
  const config = { repository: order.repositoryId, kind: 'config', name: 'config' } as const;
  const missing =
    (await source.stat('config', 'config', signal)) === null
      ? `at ${source.location}`
      : (await store.stat(config)) === null
        ? 'on this node'
        : null;
  if (missing === null) return;
  throw new Failure('repository-missing', `There is no repository ${order.repositoryId} ${missing}.`);
}

/** A group is whole before the next begins; the first that fails ends those beside it. */
async function fetchGroups(groups: Groups, options: ReplicateOptions): Promise<void> {
  const { order, progress } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  for (const group of groups) {
    const queue = group.values();
    const lane = async () => {
      for (const file of queue) {
        try {
          signal.throwIfAborted();
          progress.began(file);
          await pullFile(file, { ...options, repository: order.repositoryId, signal });
          progress.fetched(file);
        } catch (error) {
          failed.abort(error);
          throw error;
        }
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
    // The others were only cut off: what went wrong first is what is told.
    options.signal.throwIfAborted();
    failed.signal.throwIfAborted();
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }
}

function damaged(source: PackStore, differing: readonly ReplicatedFile[]): Failure {
  const [first] = differing;
  const what = first === undefined ? 'a file' : `${first.kind}/${first.name}`;
  return new Failure(
    'repository-damaged',
    `${what} has another size here than at ${source.location} (${differing.length} such files): one of the copies is damaged. Check both; nothing was copied.`,
  );
}
