import { type Speed, speed } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiAll } from '../client.ts';

export const speedsQuery = queryOptions({
  queryKey: ['speeds', 'list'] as const,
  queryFn: ({ signal }): Promise<Speed[]> => apiAll('/speeds', speed, { signal }),
});
