import {
  DISPATCH_QUEUE,
  dispatchJob,
  HOUSEKEEPING_QUEUE,
  housekeepingJob,
  NOTIFY_QUEUE,
  notifyJob,
  SCHEDULE_QUEUE,
  scheduleJob,
} from '@breakwater/contract/job-payloads';
import type { Logger } from '@breakwater/process/logger';
import type { z } from 'zod';
import { nextTime } from '../schedules/cron.ts';
import { createJobBackend, type JobStore, type JobWorker } from './job-backend.ts';

export type Housekeeping = z.infer<typeof housekeepingJob>['what'];

export interface JobHandlers {
  dispatch(job: z.infer<typeof dispatchJob>): Promise<void>;
  schedule(job: z.infer<typeof scheduleJob>): Promise<void>;
  housekeeping(job: z.infer<typeof housekeepingJob>): Promise<void>;
  notify(job: z.infer<typeof notifyJob>): Promise<void>;
}

/** What other parts ask of the queues. Delivery is at least once: every handler is safe to run twice. */
export interface Jobs {
  enqueueDispatch(runId: string, delayMs?: number): Promise<void>;
  enqueueNotify(eventId: string): Promise<void>;
  /** Has what a repository needs looked at now. */
  enqueueCare(repositoryId: string): Promise<void>;
  /** Wakes `scheduleJob` at each time of the schedule; replaces the task's earlier one. */
  putSchedule(taskId: string, schedule: { cron: string; timeZone: string }): Promise<void>;
  removeSchedule(taskId: string): Promise<void>;
  scheduledTasks(): Promise<string[]>;
  putHousekeeping(what: Housekeeping, everyMs: number): Promise<void>;
  /** Starts the workers; resolves when they are connected. */
  start(handlers: JobHandlers): Promise<void>;
  /** Waits for the jobs in hand. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * On purpose and not BullMQ's defaults: a job of a killed process runs again after some seconds, and as often as
 * it takes (by default a second stall fails it for good). Jobs here are short, so 30 s without a renewal is death.
 */
const WORKER = { lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 };

export function createJobs(store: JobStore, logger: Logger): Jobs {
  const backend = createJobBackend(store, {
    nextTime,
    onError: (error, where) => logger.warn({ err: error, where }, 'a queue reports an error'),
  });
  const dispatch = backend.queue(DISPATCH_QUEUE);
  const schedule = backend.queue(SCHEDULE_QUEUE);
  const housekeeping = backend.queue(HOUSEKEEPING_QUEUE);
  const notify = backend.queue(NOTIFY_QUEUE);
  const workers: JobWorker[] = [];
  let closing: Promise<void> | undefined;

  const closeAll = async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all([dispatch, schedule, housekeeping, notify].map((queue) => queue.close()));
    await backend.close();
  };

  const consume = <T extends z.ZodType>(
    name: string,
    payload: T,
    handle: (job: z.infer<T>) => Promise<void>,
    concurrency: number,
  ) => {
    const process = (data: unknown) => handle(payload.parse(data));
    workers.push(backend.worker(name, process, { ...WORKER, concurrency }));
  };

  return {
    enqueueDispatch: (runId, delayMs = 0) => dispatch.add(dispatchJob.parse({ runId }), delayMs),
    enqueueNotify: (eventId) => notify.add(notifyJob.parse({ eventId }), 0),
    enqueueCare: (repositoryId) => housekeeping.add(housekeepingJob.parse({ what: 'care', repositoryId }), 0),
    putSchedule: (taskId, times) => schedule.schedule(taskId, times, scheduleJob.parse({ taskId })),
    removeSchedule: (taskId) => schedule.unschedule(taskId),
    scheduledTasks: async () => (await schedule.schedules()).map((one) => one.key),
    putHousekeeping: (what, everyMs) =>
      housekeeping.schedule(what, { everyMs }, housekeepingJob.parse({ what })),
    async start(handlers) {
      consume(DISPATCH_QUEUE, dispatchJob, handlers.dispatch, 8);
      consume(SCHEDULE_QUEUE, scheduleJob, handlers.schedule, 4);
      consume(HOUSEKEEPING_QUEUE, housekeepingJob, handlers.housekeeping, 1);
      consume(NOTIFY_QUEUE, notifyJob, handlers.notify, 4);
      await Promise.all(workers.map((worker) => worker.ready()));
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
