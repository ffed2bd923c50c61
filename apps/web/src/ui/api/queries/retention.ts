import { type Retention, type RetentionPreview, retentionPreview } from '@breakwater/contract/retention';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { apiSend } from '../client.ts';

/** What this retention would make of the task's snapshots now. The last answer stays until the next is there. */
export const retentionPreviewQuery = (taskId: string, retention: Retention | null) =>
  queryOptions({
    queryKey: ['retention', taskId, retention] as const,
    queryFn: (): Promise<RetentionPreview> =>
      apiSend('POST', '/retention-preview', { taskId, retention }, retentionPreview),
    placeholderData: keepPreviousData,
  });
