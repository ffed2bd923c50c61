import { nodeRepositories } from '@breakwater/contract/adoption';
import { type StorageNode, storageNode } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll, apiGet } from '../client.ts';

export const storageNodesQuery = queryOptions({
  queryKey: ['storage-nodes', 'list'] as const,
  queryFn: ({ signal }): Promise<StorageNode[]> => apiAll('/storage-nodes', storageNode, { signal }),
});

/** What lies in the node's folder now: asked for anew each time it is wanted. */
export const nodeRepositoriesQuery = (nodeId: string) =>
  queryOptions({
    queryKey: ['storage-nodes', 'repositories', nodeId] as const,
    queryFn: ({ signal }) => apiGet(`/storage-nodes/${nodeId}/repositories`, nodeRepositories, { signal }),
    gcTime: 0,
  });
