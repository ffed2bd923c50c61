import { DEFAULT_GROUP_BY, type GroupBy } from '@breakwater/domain/retention-groups';
import { hasTags } from '@breakwater/domain/retention-tags';
import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';

export interface ParentWish {
  /** A certain one: by id, prefix or `latest`. */
  id?: string | undefined;
  hostname: string;
  /** Absolute. */
  paths: readonly string[];
  tags: readonly string[];
  /** What a parent must have in common with the new snapshot; host and paths by default. */
  groupBy?: GroupBy | undefined;
  /** It must not be later than this, ns since 1970. */
  timeNs: bigint;
}

/**
 * The snapshot whose file list spares reading what has not changed: the newest of this group that has all these
 * paths, as restic chooses it. Throws `snapshot-not-found` when a certain one was asked for and is not there.
 */
export async function findParent(
  repository: Repository,
  wish: ParentWish,
  signal: AbortSignal,
): Promise<StoredSnapshot | null> {
  if (wish.id !== undefined && wish.id !== 'latest') return await repository.loadSnapshot(wish.id, signal);
  const { host, paths, tags } = wish.groupBy ?? DEFAULT_GROUP_BY;
  const suited = (await repository.listSnapshots(signal)).filter(
    ({ snapshot }) =>
      snapshot.time.ns <= wish.timeNs &&
      (!host || snapshot.hostname === wish.hostname) &&
      (!paths || wish.paths.every((path) => snapshot.paths.includes(path))) &&
      (!tags || hasTags(snapshot.tags, wish.tags)),
  );
  return suited.at(-1) ?? null;
}
