import { startEmbeddedPostgres } from '@breakwater/process/embedded-postgres';
import { createLogger } from '@breakwater/process/logger';
import { Shutdown } from '@breakwater/process/shutdown';
import type { DatabaseReady } from './database-ready.ts';

// The embedded PostgreSQL's keeper, a process of its own under the launcher: it stops the server when the launcher
// ends it or is gone, and ends when the server does, so that both are started again.
const logger = createLogger('postgres');
const shutdown = new Shutdown(logger, 30_000);
shutdown.listen();
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: postgres-process.ts DATA_FOLDER');
const server = await startEmbeddedPostgres({ dataDir, logger, shutdown });
process.send?.({ databaseUrl: server.url } satisfies DatabaseReady);
await server.exited;
logger.error('PostgreSQL has ended');
await shutdown.close();
process.exit(1);
