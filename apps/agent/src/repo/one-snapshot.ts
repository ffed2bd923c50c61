import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import { findSubtree, splitSubfolder } from '../read/find-tree.ts';
import { findSnapshots, type SnapshotFilter } from './snapshot-filter.ts';

export interface ChosenSnapshot extends StoredSnapshot {
  /** The snapshot's own tree, or that of the folder after the colon. */
  tree: string;
  subfolder: string | null;
}

/**
 * The snapshot that `id`, a unique beginning, `latest` (of those that match), each also with `:folder`, names.
 * Throws `snapshot-not-found`, `path-not-found`.
 */
export async function chooseSnapshot(
  repository: Repository,
  text: string,
  filter: SnapshotFilter,
  signal: AbortSignal,
): Promise<ChosenSnapshot> {
  const { id, subfolder } = splitSubfolder(text);
  const [found] =
    id === 'latest'
      ? await findSnapshots(repository, [id], filter, signal)
      : [await repository.loadSnapshot(id, signal)];
  if (found === undefined) throw new Error('a snapshot was looked for and neither found nor missed');
  const { tree } = found.snapshot;
  return {
    ...found,
    tree: subfolder === null ? tree : await findSubtree(repository, tree, subfolder, signal),
    subfolder,
  };
}
