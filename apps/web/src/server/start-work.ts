import type { Center } from './center.ts';

/**
 * Starts what a control center does on its own: the workers of its queues, and what must be looked at after a
 * restart. Returns how to end it; the queues themselves are closed by `startCenter`.
 */
export async function startWork(center: Center): Promise<() => Promise<void>> {
  await center.jobs.start({
    dispatch: async () => {},
    schedule: async () => {},
    housekeeping: async () => {},
    notify: ({ eventId }) => center.notifications.deliver(eventId),
  });
  return async () => {};
}
