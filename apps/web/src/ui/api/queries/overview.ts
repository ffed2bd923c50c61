import { overview } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from '../client.ts';

/** The last 30 days begin and end at the reader's midnight. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'] as const,
  queryFn: ({ signal }) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return apiGet('/overview', overview, { signal, query: { timeZone } });
  },
});
