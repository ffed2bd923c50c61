import { createLogger } from '@breakwater/process/logger';
import { readConfig } from '../../config.ts';
import { startCenter } from '../../start-center.ts';
import { failRun } from '../advance-run.ts';
import { requireRun } from '../find-runs.ts';

/**
 * A process of its own: `<database url> <data folder> <run id>`. Fails the run, and is killed between the commit of
 * that and the telling of it.
 */
const [databaseUrl, dataFolder, runId = ''] = process.argv.slice(2);
const { center } = await startCenter({
  config: readConfig({
    DATABASE_URL: databaseUrl,
    BREAKWATER_DATA: dataFolder,
    PORT: '0',
    HOST: '127.0.0.1',
  }),
  logger: createLogger('dying', 'fatal'),
});
const events = {
  ...center.events,
  announce: async () => {
    process.kill(process.pid, 'SIGKILL');
  },
};
const failure = { code: 'interrupted', message: 'the disk is gone', retryable: false } as const;
await failRun({ ...center, events }, await requireRun(center, runId), failure);
