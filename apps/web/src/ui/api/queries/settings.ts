import { apiToken, settings, user } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll, apiGet } from '../client.ts';

export const settingsQuery = queryOptions({
  queryKey: ['settings', 'one'] as const,
  queryFn: ({ signal }) => apiGet('/settings', settings, { signal }),
});

export const usersQuery = queryOptions({
  queryKey: ['users', 'list'] as const,
  queryFn: ({ signal }) => apiAll('/users', user, { signal }),
});

export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens', 'list'] as const,
  queryFn: ({ signal }) => apiAll('/api-tokens', apiToken, { signal }),
});
