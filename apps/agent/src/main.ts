import { Command } from 'commander';
import { agentVersion } from './config.ts';
import { runCommand } from './daemon/run-command.ts';
import { enrolCommand } from './enrol/enrol-command.ts';
import { repoCommand } from './repo/repo-command.ts';

const program = new Command('breakwater-agent')
  .description('backs up and restores this machine')
  .version(agentVersion())
  .showHelpAfterError('(breakwater-agent --help lists the commands)');
enrolCommand(program);
runCommand(program);
repoCommand(program);
await program.parseAsync();
