import { type StorageNode, storageNode } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll } from '../client.ts';

export const storageNodesQuery = queryOptions({
  queryKey: ['storage-nodes', 'list'] as const,
  queryFn: ({ signal }): Promise<StorageNode[]> => apiAll('/storage-nodes', storageNode, { signal }),
});
