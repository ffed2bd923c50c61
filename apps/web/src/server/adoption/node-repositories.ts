import type { NodeRepositories } from '@breakwater/contract/adoption';
import type { Center } from '../center.ts';
import { repositoriesOnNode } from '../repositories/copies.ts';

/** Counting what was copied there a moment ago takes a while. */
const LIST_MS = 60_000;

/** The restic repositories in a node's data folder, registered or not. Throws `not-found`, `node-offline`. */
export async function nodeRepositories(center: Center, nodeId: string): Promise<NodeRepositories> {
  await center.storageNodes.get(nodeId);
  const { repositories, misnamed, unreadable } = await center.links.callNode(
    nodeId,
    'list-repositories',
    {},
    LIST_MS,
  );
  const registered = await repositoriesOnNode(center, nodeId);
  return {
    items: repositories.map((one) => ({ ...one, registered: registered.has(one.repositoryId) })),
    misnamed,
    unreadable,
  };
}
