import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';

/**
 * The snapshot whose file list spares reading what has not changed: the newest of this host that has all these
 * paths and is not later than `timeNs` (ns since 1970), as restic chooses it.
 */
export async function findParent(
  repository: Repository,
  hostname: string,
  paths: readonly string[],
  timeNs: bigint,
  signal: AbortSignal,
): Promise<StoredSnapshot | null> {
  const snapshots = await repository.listSnapshots(signal);
  const suited = snapshots.filter(
    ({ snapshot }) =>
      snapshot.hostname === hostname &&
      snapshot.time.ns <= timeNs &&
      paths.every((path) => snapshot.paths.includes(path)),
  );
  return suited.at(-1) ?? null;
}
