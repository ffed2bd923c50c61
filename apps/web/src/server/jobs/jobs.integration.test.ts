import { createLogger } from '@breakwater/process/logger';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/testing/test-database.ts';
import { hasRedis, startRedis, type TestRedis, withRedis } from '../testing/start-redis.ts';
import type { JobStore } from './job-backend.ts';
import { createJobs, type JobHandlers, type Jobs } from './jobs.ts';

let database: TestDatabase;
let redis: TestRedis | null = null;
const open: Jobs[] = [];
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  if (hasRedis()) redis = await startRedis();
});
afterAll(async () => {
  await database.close();
  await redis?.stop();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((jobs) => jobs.close()));
});

const stores: [string, boolean, () => JobStore][] = [
  ['PostgreSQL', true, () => ({ kind: 'postgresql', url: database.url })],
  [withRedis('Redis'), hasRedis(), () => ({ kind: 'redis', url: redis?.url ?? '', prefix: randomUUID() })],
];

/** Handlers of which a test names those it cares for. */
const handlers = (some: Partial<JobHandlers>): JobHandlers => ({
  dispatch: async () => {},
  schedule: async () => {},
  housekeeping: async () => {},
  notify: async () => {},
  ...some,
});
function opened(store: JobStore): Jobs {
  const jobs = createJobs(store, createLogger('test-jobs', 'silent'));
  open.push(jobs);
  return jobs;
}

for (const [name, there, storeOf] of stores) {
  describe.skipIf(!there)(`jobs on ${name}`, () => {
    it('reach their handler, parsed, from another process’s queue too', async () => {
      const store = storeOf();
      const got = Promise.withResolvers<{ runId: string }>();
      const consumer = opened(store);
      await consumer.start(handlers({ dispatch: async (job) => got.resolve(job) }));
      const runId = randomUUID();
      await opened(store).enqueueDispatch(runId);
      expect(await got.promise).toEqual({ runId });
    });

    it('are refused before they are queued when the payload is not as agreed', async () => {
      await expect(async () => opened(storeOf()).enqueueDispatch('not an id')).rejects.toThrow();
    });

    it('run again when the handler throws', async () => {
      const store = storeOf();
      const again = Promise.withResolvers<number>();
      let tries = 0;
      const jobs = opened(store);
      await jobs.start(
        handlers({
          notify: async () => {
            tries += 1;
            if (tries === 1) throw new Error('the receiver is down');
            again.resolve(tries);
          },
        }),
      );
      await jobs.enqueueNotify('event');
      expect(await again.promise).toBe(2);
    });

    it('are shared by two workers without one being done twice', async () => {
      const store = storeOf();
      const seen: string[] = [];
      const all = Promise.withResolvers<void>();
      const count = 40;
      const take = handlers({
        dispatch: async ({ runId }) => {
          seen.push(runId);
          if (seen.length === count) all.resolve();
        },
      });
      const [one, two] = [opened(store), opened(store)];
      await Promise.all([one.start(take), two.start(take)]);
      await Promise.all(Array.from({ length: count }, () => one.enqueueDispatch(randomUUID())));
      await all.promise;
      expect(new Set(seen).size).toBe(count);
    });

    it('of a schedule wake at its times, are put once, and stop when it is removed', async () => {
      const jobs = opened(storeOf());
      const taskId = randomUUID();
      await jobs.putSchedule(taskId, { cron: '0 2 * * *', timeZone: 'Europe/Berlin' });
      await jobs.putSchedule(taskId, { cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
      expect(await jobs.scheduledTasks()).toEqual([taskId]);
      await jobs.removeSchedule(taskId);
      expect(await jobs.scheduledTasks()).toEqual([]);
    });

    it('of housekeeping come again and again', async () => {
      const jobs = opened(storeOf());
      const twice = Promise.withResolvers<void>();
      let count = 0;
      await jobs.start(
        handlers({
          housekeeping: async ({ what }) => {
            expect(what).toBe('missed-runs');
            count += 1;
            if (count === 2) twice.resolve();
          },
        }),
      );
      await jobs.putHousekeeping('missed-runs', 300);
      await twice.promise;
    });
  });
}
