import { snapshot } from '@breakwater/contract/resources';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { apiPage, type Query } from '../client.ts';

/** Snapshots as a paged list, newest first; `query` is passed to `GET /snapshots`. */
export const snapshotsQuery = (query: Query = {}) =>
  infiniteQueryOptions({
    queryKey: ['snapshots', 'list', query] as const,
    queryFn: ({ signal, pageParam }) =>
      apiPage('/snapshots', snapshot, { signal, query: { limit: 50, ...query, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
