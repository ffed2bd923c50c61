import { repositoryLocks } from '@breakwater/contract/repository-care';
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

/** Stock restic's locks come and go without a word to us, so they are looked at again while they are shown. */
const LOOK_AGAIN_MS = 30_000;

/** Read from the copies themselves, which takes a moment. */
export const repositoryLocksQuery = (id: string) =>
  queryOptions({
    queryKey: ['repositories', 'locks', id] as const,
    queryFn: ({ signal }) =>
      apiGet(`/repositories/${encodeURIComponent(id)}/locks`, repositoryLocks, { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
