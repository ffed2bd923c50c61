import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from '@breakwater/process/logger';
import { createAgents } from './agents/agents.ts';
import { createApiTokens } from './api-tokens/api-tokens.ts';
import { createApp, type Pages, type RequestListener } from './app.ts';
import { createAuth } from './auth/auth.ts';
import type { Center } from './center.ts';
import type { CenterConfig } from './config.ts';
import { createDatabase } from './db/client.ts';
import { applyMigrations } from './db/migrate.ts';
import { createEnrolment } from './enrolment/enrolment.ts';
import { createEvents } from './events/events.ts';
import type { JobStore } from './jobs/job-backend.ts';
import { createJobs } from './jobs/jobs.ts';
import { requireRedis } from './jobs/require-redis.ts';
import { loadMasterKey } from './keys/master-key.ts';
import { loadSigningKey } from './keys/signing-key.ts';
import { hasSealedData } from './keys/signing-key-records.ts';
import { createLinks } from './links/links.ts';
import { createLiveFeed } from './live/live-feed.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createNotifications } from './notifications/notifications.ts';
import { createSettings } from './settings/settings.ts';
import { startWork } from './start-work.ts';
import { createStorageNodes } from './storage-nodes/storage-nodes.ts';
import { ensureFirstAdmin } from './users/first-admin.ts';
import { createUsers } from './users/users.ts';

export interface StartCenterOptions {
  config: CenterConfig;
  logger: Logger;
  /** Makes what answers pages; absent, only the API, the sockets and the health routes are there. */
  pages?: () => Promise<Pages & { close(): Promise<void> }>;
  /** Epoch ms; the system's clock unless a test brings its own. */
  now?: () => number;
  /** Where the queues live, when it is not what the configuration says. Tests take a schema of their own. */
  jobStore?: JobStore;
}

export interface RunningCenter {
  /** As this machine reaches it: http://127.0.0.1:port or https://… */
  url: string;
  center: Center;
  /** Ends connections and jobs in hand, then the database. */
  close(): Promise<void>;
}

const MIGRATIONS = join(import.meta.dirname, '../../../../prisma/migrations');

/**
 * Starts one control center: migrates the database, opens the keys, makes the first admin, takes connections, and
 * starts the jobs, in this order. When a step fails, what was started is closed again and the reason thrown.
 */
export async function startCenter(options: StartCenterOptions): Promise<RunningCenter> {
  const { config, logger } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) {
      await end().catch((error: unknown) => logger.error({ err: error }, 'could not close cleanly'));
    }
  };
  try {
    const center = await buildCenter(options, closers);
    await ensureFirstAdmin(center.db, config, logger);
    const pages = await options.pages?.();
    if (pages !== undefined) closers.push(() => pages.close());
    const app = createApp(center, createMetrics(center), pages ?? null);
    const port = await listen(config, app, center, closers);
    closers.push(await startWork(center));
    const url = `${config.tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
    logger.info({ url }, 'the control center is ready');
    return { url, center, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function buildCenter(options: StartCenterOptions, closers: (() => Promise<void>)[]): Promise<Center> {
  const { config, logger } = options;
  const jobStore = options.jobStore ?? jobStoreOf(config);
  if (jobStore.kind === 'redis') await requireRedis(jobStore.url);
  await applyMigrations(config.databaseUrl, MIGRATIONS);
  const db = createDatabase(config.databaseUrl);
  closers.push(() => db.$disconnect());
  const now = options.now ?? Date.now;
  const master = loadMasterKey(config, !(await hasSealedData(db)));
  const signing = await loadSigningKey(db, master);
  const jobs = createJobs(jobStore, logger);
  closers.push(() => jobs.close());
  const apiTokens = createApiTokens(db, now);
  const parts = {
    config,
    logger,
    db,
    now,
    keys: { master, signing },
    auth: createAuth(db, master, config, (secret) => apiTokens.identify(secret)),
    apiTokens,
    jobs,
    live: createLiveFeed(),
  };
  // Complete when this function returns; factories keep it and use it later.
  const center = parts as typeof parts & { -readonly [K in keyof Center]: Center[K] };
  center.users = createUsers(center);
  center.settings = createSettings(center);
  center.enrolment = createEnrolment(center);
  center.events = createEvents(center);
  center.notifications = createNotifications(center);
  center.agents = createAgents(center);
  center.storageNodes = createStorageNodes(center);
  center.links = createLinks(center);
  return center;
}

function jobStoreOf(config: CenterConfig): JobStore {
  return config.redisUrl === null
    ? { kind: 'postgresql', url: config.databaseUrl }
    : { kind: 'redis', url: config.redisUrl };
}

/** Sockets and requests come to one port. Closing ends the connections that are open. */
async function listen(
  config: CenterConfig,
  app: RequestListener,
  center: Center,
  closers: (() => Promise<void>)[],
): Promise<number> {
  const server = config.tls === null ? createHttpServer(app) : createHttpsServer(config.tls, app);
  center.links.attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`PORT is ${config.port}: another process uses this port; choose another one`, {
          cause: error,
        })
      : error;
  });
  closers.push(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await center.links.close();
    server.closeAllConnections();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}
