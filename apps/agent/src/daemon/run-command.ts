import { resolve } from 'node:path';
import { asFailure } from '@breakwater/domain/failure';
import { createLogger } from '@breakwater/process/logger';
import { Shutdown } from '@breakwater/process/shutdown';
import type { Command } from 'commander';
import { readAgentConfig } from '../config.ts';
import { startAgent } from './start-agent.ts';

interface Given {
  data: string;
  allowRestoreAnywhere: boolean;
  allowCommands?: string;
}

/** `breakwater-agent run`: the daemon. Ends with 0 when asked to stop, with 1 and one sentence otherwise. */
export function runCommand(program: Command): void {
  program
    .command('run')
    .description('run the enrolled agent until it is stopped')
    .requiredOption('--data <dir>', 'the folder given to enroll')
    .option(
      '--allow-restore-anywhere',
      'let the control center restore into any folder, not only into fresh ones',
      false,
    )
    .option(
      '--allow-commands <file>',
      'let backups run the commands and hooks that this file lists; without it none',
    )
    .action(async (given: Given) => {
      try {
        const config = readAgentConfig();
        const logger = createLogger('agent', config.logLevel);
        const shutdown = new Shutdown(logger);
        const agent = await startAgent({
          dataDir: resolve(given.data),
          logger,
          limits: { nodeRetryMs: config.nodeRetryMs, nodeWaitMs: config.nodeWaitMs },
          allowRestoreAnywhere: given.allowRestoreAnywhere,
          allowCommands: given.allowCommands === undefined ? null : resolve(given.allowCommands),
          onReleased: (reason) => {
            process.stderr.write(`${reason}\n`);
            process.exit(1);
          },
        });
        shutdown.onClose('agent', () => agent.close());
        shutdown.listen();
      } catch (error) {
        process.stderr.write(`${asFailure(error).message}\n`);
        process.exitCode = 1;
      }
    });
}
