import { z } from 'zod';
import { repositoryId, resourceId } from './ids.ts';

/** BullMQ queues and what their jobs carry. A job is safe to run twice. */
export const DISPATCH_QUEUE = 'dispatch';
export const SCHEDULE_QUEUE = 'schedule';
export const HOUSEKEEPING_QUEUE = 'housekeeping';
export const NOTIFY_QUEUE = 'notify';

export const dispatchJob = z.object({ runId: resourceId });
export const scheduleJob = z.object({ taskId: resourceId });
export const housekeepingJob = z.object({
  what: z.enum([
    'missed-runs',
    'lost-agents',
    'expired-tokens',
    'stale-locks',
    'untold-events',
    'care',
    'copies',
  ]),
  /** For `care`: only this repository. */
  repositoryId: repositoryId.optional(),
});
export const notifyJob = z.object({ eventId: z.string() });
