import { type Task, task } from '@breakwater/contract/task';
import { queryOptions } from '@tanstack/react-query';
import { apiAll, apiGet } from '../client.ts';

export const tasksQuery = queryOptions({
  queryKey: ['tasks', 'list'] as const,
  queryFn: ({ signal }): Promise<Task[]> => apiAll('/tasks', task, { signal }),
});

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['tasks', 'one', id] as const,
    queryFn: ({ signal }) => apiGet(`/tasks/${encodeURIComponent(id)}`, task, { signal }),
  });
