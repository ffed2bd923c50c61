import { overview } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from '../client.ts';

export const overviewQuery = queryOptions({
  queryKey: ['overview'] as const,
  queryFn: ({ signal }) => apiGet('/overview', overview, { signal }),
});
