import { Command } from 'commander';
import { readConfig } from './config.ts';
import { nodeVersion } from './node-version.ts';

// Each command loads what it needs, so that a short one answers at once.
const program = new Command('breakwater-node')
  .description('A Breakwater storage node: keeps restic repositories and answers speed probes.')
  .version(nodeVersion);

program
  .command('enroll')
  .description('make a folder a storage node of a control center')
  .requiredOption('--server <url>', 'address of the control center')
  .requiredOption('--token <token>', 'one-time join token')
  .requiredOption('--name <name>', "the node's name")
  .requiredOption('--listen <host:port>', 'where to listen; port 0 takes any free one')
  .requiredOption('--public-url <url>', 'where agents reach this node; port 0 stands for the one it got')
  .requiredOption('--data <folder>', 'where the repositories will lie')
  .option('--insecure-http', 'accept plain http between machines')
  .option('--reserve <size>', 'kept free for locks and prune (default: 2 %, at most 1 GiB)')
  .option('--quota <size>', 'the most that all repositories together may take')
  .action(async (options: unknown) => {
    const { enroll } = await import('./commands/enroll.ts');
    const state = await enroll(options);
    process.stdout.write(`Enrolled as "${state.name}" (${state.nodeId}).\n`);
  });

program
  .command('run')
  .description('serve; ends on SIGTERM')
  .requiredOption('--data <folder>', 'an enrolled folder')
  .option('--tls-cert <file>', 'certificate with its chain, PEM')
  .option('--tls-key <file>', 'its private key, PEM')
  .action(async (options: unknown) => {
    const { run } = await import('./commands/run.ts');
    await run(options, readConfig());
  });

program
  .command('access-token')
  .description('sign a token for stock restic, without the control center')
  .requiredOption('--data <folder>', 'an enrolled folder')
  .requiredOption('--repository <id>', 'the repository that the token is for')
  .option('--verbs <list>', 'of read, append, lock, create, delete', 'read')
  .option('--expires <seconds>', 'from now; a day by default')
  .action(async (options: unknown) => {
    const { accessToken } = await import('./commands/access-token.ts');
    const { token, command, expiresAt } = await accessToken(options);
    // Only the token on stdout, so that TOKEN=$(breakwater-node access-token …) is the token.
    process.stdout.write(`${token}\n`);
    process.stderr.write(
      `${command}\nValid until ${expiresAt.toISOString()}. restic asks for the repository's password; the recovery kit has it.\n`,
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  // One line for people; the cause is for those who look for it.
  process.stderr.write(`breakwater-node: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
