import { type Run, run, runDetail } from '@breakwater/contract/run';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { apiGet, apiPage, type Query } from '../client.ts';

/** Runs as a paged list, newest first; `query` is passed to `GET /runs`. Live changes are put into every page. */
export const runsQuery = (query: Query = {}) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'list', query] as const,
    queryFn: ({ signal, pageParam }) =>
      apiPage('/runs', run, { signal, query: { limit: 50, ...query, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', 'one', id] as const,
    queryFn: ({ signal }) => apiGet(`/runs/${encodeURIComponent(id)}`, runDetail, { signal }),
  });

/**
 * What is going on at this moment: for the top bar and the Overview. The cache holds them newest
 * first; readers get the running ones first.
 */
export const activeRunsQuery = queryOptions({
  queryKey: ['runs', 'active'] as const,
  queryFn: async ({ signal }): Promise<Run[]> => {
    const query = { state: 'running,dispatched,waiting,queued', limit: 200 };
    const { items } = await apiPage('/runs', run, { signal, query });
    return items;
  },
  select: (runs) => [
    ...runs.filter((one) => one.state === 'running'),
    ...runs.filter((one) => one.state !== 'running'),
  ],
});
