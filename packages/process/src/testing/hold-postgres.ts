import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { createLogger } from '../logger.ts';

/**
 * A process that starts the server in the folder it is given, says so, and then waits to be killed. The second
 * argument is where copies may be made; `throwaway` as the third says what the data are.
 */
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger('hold-postgres', 'silent'),
  copyPlaces: process.argv.slice(3, 4),
  fsync: process.argv[4] !== 'throwaway',
});
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);
setInterval(() => {}, 60_000);
