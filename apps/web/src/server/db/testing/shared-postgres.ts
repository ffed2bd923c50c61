import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAbandonedPostgres } from '@breakwater/process/abandoned-postgres';
import { startEmbeddedPostgres } from '@breakwater/process/embedded-postgres';
import { createLogger } from '@breakwater/process/logger';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { applyMigrations } from '../migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server that all integration tests share; `TEMPLATE` in it has every migration. */
    postgresUrl: string;
  }
}

export const TEMPLATE = 'breakwater_template';

/** One server for the whole run, after those of runs that were killed have been ended; every test file takes a fresh database from it with `createTestDatabase`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const logger = createLogger('test-postgres', 'warn');
  await removeAbandonedPostgres(tmpdir(), logger);
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  // Where this process is root, the server's own user must get there; what is copied for it ends with the folder.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    logger,
    fsync: false,
    copyPlaces: [folder],
  });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE}`;
  await applyMigrations(template.href, join(project.config.root, 'prisma', 'migrations'));
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
