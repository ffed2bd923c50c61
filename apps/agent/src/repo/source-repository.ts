import type { Command } from 'commander';
import { z } from 'zod';
import type { RepositoryAccess } from './repository-access.ts';

/** The second repository of a command: where `copy` reads from, whose chunker `init` takes over. */
export const sourceRepositoryOptions = z.object({
  fromRepo: z.string().min(1, 'expected a folder or rest:URL').optional(),
  fromRepositoryFile: z.string().min(1, 'expected a file').optional(),
  fromPasswordFile: z.string().min(1, 'expected a file').optional(),
  fromPasswordCommand: z.string().min(1, 'expected a command').optional(),
});
export type SourceRepositoryOptions = z.infer<typeof sourceRepositoryOptions>;

export function addSourceRepository(command: Command): Command {
  return command
    .option('--from-repo <where>', 'source: a folder or rest:URL (RESTIC_FROM_REPOSITORY)')
    .option('--from-repository-file <file>', 'file that holds its location (RESTIC_FROM_REPOSITORY_FILE)')
    .option('--from-password-file <file>', 'file with its password (RESTIC_FROM_PASSWORD_FILE)')
    .option('--from-password-command <command>', 'prints its password (RESTIC_FROM_PASSWORD_COMMAND)');
}

/** How the source is opened; use with the role `source`, so that messages and variables are the source's. */
export function sourceAccess(options: SourceRepositoryOptions): RepositoryAccess {
  const { fromRepo, fromRepositoryFile, fromPasswordFile, fromPasswordCommand } = options;
  return {
    repo: fromRepo,
    repositoryFile: fromRepositoryFile,
    passwordFile: fromPasswordFile,
    passwordCommand: fromPasswordCommand,
  };
}
