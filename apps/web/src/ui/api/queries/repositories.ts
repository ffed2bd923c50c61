import { type Repository, repository } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll, apiGet } from '../client.ts';

export const repositoriesQuery = queryOptions({
  queryKey: ['repositories', 'list'] as const,
  queryFn: ({ signal }): Promise<Repository[]> => apiAll('/repositories', repository, { signal }),
});

export const repositoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['repositories', 'one', id] as const,
    queryFn: ({ signal }) => apiGet(`/repositories/${encodeURIComponent(id)}`, repository, { signal }),
  });
