import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api-problem.ts';
import { sessionKey } from './queries/session.ts';

/** A refusal stays a refusal; only what may pass by itself is tried again. */
function mayPass(error: Error): boolean {
  return !(error instanceof ApiProblem) || error.code === 'unreachable' || error.status >= 500;
}

/**
 * The cache of everything on screen. It is kept fresh by the live socket, not by time, so nothing is stale until
 * something says so (`live-updates.ts`).
 */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session has ended: ask once more who we are, and the gate leads to the sign-in page.
        if (error instanceof ApiProblem && error.status === 401 && query.queryKey[0] !== sessionKey[0]) {
          void client.invalidateQueries({ queryKey: sessionKey });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        retry: (failures, error) => failures < 2 && mayPass(error),
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
