import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { withCopyStore } from '../repositories/copy-store.ts';
import type { RepositoryRow } from '../repositories/repository-access.ts';
import { knownToCatalog } from '../snapshots/recorded-snapshots.ts';

export interface UnknownSnapshot {
  snapshotId: string;
  nodeId: string;
  nodeName: string;
}

const SNAPSHOT_NAME = /^[0-9a-f]{64}$/;

/**
 * Snapshots on a repository's copies that the catalog has never heard of: nobody that we sent has made them. Copies
 * that cannot be looked at now say nothing.
 */
export async function unknownSnapshots(
  center: Center,
  repository: RepositoryRow,
): Promise<UnknownSnapshot[]> {
  const online = repository.copies.filter(({ node }) => isOnline(node.lastHeartbeatAt, center));
  const found = await Promise.all(
    online.map(async ({ node }): Promise<UnknownSnapshot[]> => {
      try {
        const files = await withCopyStore(center, repository.id, node, (store) => store.list('snapshots'));
        const names = files.map(({ name }) => name).filter((name) => SNAPSHOT_NAME.test(name));
        const known = await knownToCatalog(center, repository.id, names);
        return names
          .filter((name) => !known.has(name))
          .map((snapshotId) => ({ snapshotId, nodeId: node.id, nodeName: node.name }));
      } catch (error) {
        center.logger.info(
          { err: error, repositoryId: repository.id, node: node.name },
          'the snapshots of a copy could not be looked at',
        );
        return [];
      }
    }),
  );
  return found.flat();
}
