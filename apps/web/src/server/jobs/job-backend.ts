import {
  type BackendClasses,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type JobSchedulerJson,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';

/** Where the queues live. Tests give a schema or prefix of their own. */
export type JobStore =
  | { kind: 'postgresql'; url: string; schema?: string }
  | { kind: 'redis'; url: string; prefix?: string };

/** A queue as far as we use it, alike on both stores. */
export interface JobQueue {
  add(data: object, delayMs: number): Promise<void>;
  /** Puts the scheduler `id` in the place of the one that was there, if any. */
  schedule(
    id: string,
    pattern: { cron: string; timeZone: string } | { everyMs: number },
    data: object,
  ): Promise<void>;
  unschedule(id: string): Promise<void>;
  schedules(): Promise<JobSchedulerJson[]>;
  close(): Promise<void>;
}

export interface JobWorker {
  ready(): Promise<void>;
  /** Waits for the jobs in hand. */
  close(): Promise<void>;
}

export interface WorkerSettings {
  concurrency: number;
  /** A worker that has not renewed its lock for this long, in ms, counts as dead. */
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
}

export interface JobBackend {
  queue(name: string): JobQueue;
  worker(name: string, process: (data: unknown) => Promise<void>, settings: WorkerSettings): JobWorker;
  close(): Promise<void>;
}

interface BackendOptions {
  /** Next time, epoch ms, of a cron pattern after `now`: the one authority on what a pattern means. */
  nextTime(schedule: { cron: string; timeZone: string }, now: number): number | null;
  /** Connections that break and jobs that throw are told here; the queues recover by themselves. */
  onError(error: Error, where: string): void;
}

/** Small: four queues and four workers each have a pool, and the embedded PostgreSQL has 100 connections. */
const POOL_SIZE = 3;
const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: { age: 7 * 86_400, count: 1000 },
  attempts: 5,
  backoff: { type: 'exponential', delay: 1000 },
} as const;

/**
 * BullMQ on PostgreSQL (its tables in a schema of their own, migrated on connect) or on Redis through ioredis. The
 * queues behave alike on both; which it is follows from the configuration alone.
 */
export function createJobBackend(store: JobStore, options: BackendOptions): JobBackend {
  if (store.kind === 'postgresql') {
    const connection = {
      connectionString: store.url,
      // Given as a configuration and not as a ready pool: only then does BullMQ migrate its tables.
      migrate: true,
      schema: store.schema ?? 'bullmq',
      max: POOL_SIZE,
    };
    return bind(withBackend(createPostgresBackend), { connection }, options, async () => {});
  }
  // BullMQ wants null here: a command waits out a broken connection instead of failing.
  const connection = new Redis(store.url, { maxRetriesPerRequest: null });
  connection.on('error', (error) => options.onError(error, 'redis'));
  const prefix = store.prefix ?? 'breakwater';
  return bind(withBackend(createRedisBackend), { connection, prefix }, options, async () => {
    await connection.quit().catch(() => connection.disconnect());
  });
}

function bind<B extends IQueueBackend, C>(
  classes: BackendClasses<B, C>,
  base: { connection: C; prefix?: string },
  options: BackendOptions,
  close: () => Promise<void>,
): JobBackend {
  const settings = {
    repeatStrategy: (now: number, repeat: { pattern?: string; tz?: string }) =>
      repeat.pattern === undefined
        ? undefined
        : (options.nextTime({ cron: repeat.pattern, timeZone: repeat.tz ?? 'UTC' }, now) ?? undefined),
  };
  return {
    queue(name) {
      const queue = new classes.Queue<object, void, string>(name, { ...base, settings });
      queue.on('error', (error: Error) => options.onError(error, `queue ${name}`));
      return {
        add: async (data, delayMs) => {
          await queue.add(name, data, { ...JOB_OPTIONS, ...(delayMs > 0 ? { delay: delayMs } : {}) });
        },
        schedule: async (id, pattern, data) => {
          const repeat =
            'everyMs' in pattern
              ? { every: pattern.everyMs }
              : { pattern: pattern.cron, tz: pattern.timeZone };
          await queue.upsertJobScheduler(id, repeat, { name, data, opts: JOB_OPTIONS });
        },
        unschedule: async (id) => {
          await queue.removeJobScheduler(id);
        },
        schedules: () => queue.getJobSchedulers(0, -1, true),
        close: () => queue.close(),
      };
    },
    worker(name, process, workerSettings) {
      const worker = new classes.Worker<object, void, string>(name, (job) => process(job.data), {
        ...base,
        ...workerSettings,
        settings,
      });
      worker.on('error', (error: Error) => options.onError(error, `worker ${name}`));
      worker.on('failed', (_job: unknown, error: Error) => options.onError(error, `job of ${name}`));
      return {
        ready: async () => {
          await worker.waitUntilReady();
        },
        close: () => worker.close(),
      };
    },
    close,
  };
}
