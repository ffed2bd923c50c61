import { Failure } from '@breakwater/domain/failure';
import { openRepository } from '@breakwater/restic-format/repository';
import type { Center } from '../center.ts';
import { withCopyStore } from '../repositories/copy-store.ts';
import { repositoryAccess } from '../repositories/repository-access.ts';
import { treesOfSnapshots } from '../snapshots/recorded-snapshots.ts';

/**
 * Before anything is removed elsewhere because a copy has no use for it: every pack that the copy's indexes name is
 * there in its size, and the tree of every snapshot is in them. Throws `repository-damaged`.
 */
export async function requireWholeSource(
  center: Center,
  repositoryId: string,
  node: { id: string; url: string; name: string },
): Promise<void> {
  const { password } = await repositoryAccess(center, repositoryId);
  const trees = await treesOfSnapshots(center, repositoryId);
  const missing = await withCopyStore(center, repositoryId, node, async (store) => {
    const repository = await openRepository(store, password);
    await repository.loadIndex();
    const there = new Map((await store.list('data')).map(({ name, size }) => [name, size]));
    for (const { packId, size } of repository.index.packSizes()) {
      if ((there.get(packId) ?? 0) < size) return `pack ${packId}`;
    }
    const tree = trees.find((id) => !repository.index.has('tree', id));
    return tree === undefined ? null : `tree ${tree}`;
  });
  if (missing === null) return;
  throw new Failure(
    'repository-damaged',
    `${missing} is missing on ${node.name}: no other copy is made the same as this one. Check it.`,
  );
}
