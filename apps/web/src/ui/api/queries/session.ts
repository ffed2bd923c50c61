import { session } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from '../client.ts';

export const sessionKey = ['session'] as const;

/** Who is signed in. 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => apiGet('/session', session, { signal }),
  retry: 1,
});
