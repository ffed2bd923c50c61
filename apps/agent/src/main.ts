import { Command } from 'commander';
import { agentVersion } from './config.ts';

const program = new Command('breakwater-agent')
  .description('backs up and restores this machine')
  .version(agentVersion())
  .showHelpAfterError('(breakwater-agent --help lists the commands)');
// Work on a repository needs nothing of the daemon, and is done sooner without loading it.
if (process.argv[2] !== 'repo') {
  const { enrolCommand } = await import('./enrol/enrol-command.ts');
  const { runCommand } = await import('./daemon/run-command.ts');
  enrolCommand(program);
  runCommand(program);
}
const { repoCommand } = await import('./repo/repo-command.ts');
await repoCommand(program, process.argv[2] === 'repo' ? process.argv[3] : undefined);
await program.parseAsync();
