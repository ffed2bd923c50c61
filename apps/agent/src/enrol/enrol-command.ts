import { resolve } from 'node:path';
import { asFailure } from '@breakwater/domain/failure';
import { type Command, Option } from 'commander';
import { enrolAgent } from './enrol-agent.ts';

interface Given {
  server: string;
  token: string;
  address: string;
  data: string;
  role: 'source' | 'maintenance';
  insecureHttp: boolean;
}

/** `breakwater-agent enroll`: exit code 0 when enrolled, 1 with one sentence on stderr otherwise. */
export function enrolCommand(program: Command): void {
  program
    .command('enroll')
    .description('enrol this machine with a control center, for one source address')
    .requiredOption('--server <url>', 'address of the control center')
    .requiredOption('--token <token>', 'join token from the control center; works once')
    .requiredOption('--address <address>', 'host name or IP address that tasks will name this machine by')
    .requiredOption('--data <dir>', "folder for the agent's own data")
    .addOption(
      new Option('--role <role>', 'maintenance: checks and prunes repositories, backs up nothing')
        .choices(['source', 'maintenance'])
        .default('source'),
    )
    .option('--insecure-http', 'allow plain http to another machine', false)
    .action(async (given: Given) => {
      try {
        const identity = await enrolAgent({
          server: given.server,
          token: given.token,
          address: given.address,
          dataDir: resolve(given.data),
          role: given.role,
          insecureHttp: given.insecureHttp,
        });
        process.stdout.write(
          `Enrolled for ${identity.address}. Start it with: breakwater-agent run --data ${given.data}\n`,
        );
      } catch (error) {
        process.stderr.write(`${asFailure(error).message}\n`);
        process.exitCode = 1;
      }
    });
}
