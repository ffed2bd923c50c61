import { createLogger } from '@breakwater/process/logger';
import { Shutdown } from '@breakwater/process/shutdown';
import { type CenterConfig, readProcessConfig } from './src/server/config.ts';
import { startPages } from './src/server/next-pages.ts';
import { startCenter } from './src/server/start-center.ts';

await main(configOrExit());

/** The control center's process: pages, API and sockets on one port, until a signal ends it. */
async function main(config: CenterConfig): Promise<void> {
  const logger = createLogger('control-center', config.logLevel);
  const shutdown = new Shutdown(logger, 20_000);
  try {
    const pages = () => startPages(import.meta.dirname, config.development);
    const running = await startCenter({ config, logger, pages });
    shutdown.onClose('control center', running.close);
    shutdown.listen();
  } catch (error) {
    logger.error({ err: error }, 'the control center cannot start');
    refuse((error as Error).message);
  }
}

function configOrExit(): CenterConfig {
  try {
    return readProcessConfig();
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** One sentence for people, on stderr. */
function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
