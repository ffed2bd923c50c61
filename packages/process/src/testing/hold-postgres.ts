import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { createLogger } from '../logger.ts';

/** A process that starts the server in the folder it is given, says so, and then waits to be killed. */
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger('hold-postgres', 'silent'),
});
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);
setInterval(() => {}, 60_000);
