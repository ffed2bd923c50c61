import { type Agent, agent } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll, apiGet } from '../client.ts';

/**
 * Query keys start with the resource's name in the contract (`browserResources`), so that a `changed` message finds
 * what it makes stale: `[resource, 'list', query?]` and `[resource, 'one', id]`.
 */
export const agentsQuery = queryOptions({
  queryKey: ['agents', 'list'] as const,
  queryFn: ({ signal }): Promise<Agent[]> => apiAll('/agents', agent, { signal }),
});

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: ['agents', 'one', id] as const,
    queryFn: ({ signal }) => apiGet(`/agents/${encodeURIComponent(id)}`, agent, { signal }),
  });
