import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '@breakwater/domain/failure';
import { type AccessVariables, readAccessVariables } from './config.ts';
import { splitCommand } from './split-command.ts';
import { readTextFile } from './text-file.ts';

/** How a repository is named and opened on the command line; what is missing comes from restic's variables. */
export interface RepositoryAccess {
  repo?: string | undefined;
  repositoryFile?: string | undefined;
  passwordFile?: string | undefined;
  passwordCommand?: string | undefined;
}

/** Which options and variables are meant: those of the repository, or those of a `copy`'s source. */
export type AccessRole = 'main' | 'source';

const VARIABLES = { main: 'RESTIC_', source: 'RESTIC_FROM_' } as const;
const OPTIONS = {
  main: {
    repo: '--repo',
    file: '--repository-file',
    password: '--password-file',
    command: '--password-command',
  },
  source: {
    repo: '--from-repo',
    file: '--from-repository-file',
    password: '--from-password-file',
    command: '--from-password-command',
  },
} as const;

/**
 * The location: an option, else RESTIC_REPOSITORY or RESTIC_REPOSITORY_FILE. Throws `invalid-request` when there is
 * none, or two.
 */
export async function resolveLocation(access: RepositoryAccess, role: AccessRole = 'main'): Promise<string> {
  const names = OPTIONS[role];
  const given = pickLocation(access, readAccessVariables(VARIABLES[role]));
  if (given.repo !== undefined && given.file !== undefined) {
    throw new Failure('invalid-request', `${names.repo} and ${names.file} cannot be used together`);
  }
  const location =
    given.file === undefined ? given.repo : (await readTextFile(names.file, given.file)).trim();
  if (location !== undefined && location !== '') return location;
  throw new Failure(
    'invalid-request',
    `${names.repo} is missing: expected a folder or rest:URL there, or in ${VARIABLES[role]}REPOSITORY`,
  );
}

function pickLocation(
  access: RepositoryAccess,
  variables: AccessVariables,
): { repo: string | undefined; file: string | undefined } {
  // What stands on the command line wins over all that comes from the environment.
  if (access.repo !== undefined || access.repositoryFile !== undefined) {
    return { repo: access.repo, file: access.repositoryFile };
  }
  return { repo: variables.repository, file: variables.repositoryFile };
}

/** The password: from a command or file, else from RESTIC_PASSWORD. Throws `invalid-request` when there is none. */
export async function resolvePassword(access: RepositoryAccess, role: AccessRole = 'main'): Promise<string> {
  const names = OPTIONS[role];
  const variables = readAccessVariables(VARIABLES[role]);
  const onLine = access.passwordFile !== undefined || access.passwordCommand !== undefined;
  const file = onLine ? access.passwordFile : variables.passwordFile;
  const command = onLine ? access.passwordCommand : variables.passwordCommand;
  if (file !== undefined && command !== undefined) {
    throw new Failure('invalid-request', `${names.password} and ${names.command} cannot be used together`);
  }
  if (command !== undefined)
    return nonEmpty(await runCommand(names.command, command), names.command, command);
  if (file !== undefined) {
    return nonEmpty((await readTextFile(names.password, file)).trim(), names.password, file);
  }
  if (variables.password !== undefined) return variables.password;
  throw new Failure(
    'invalid-request',
    `${names.password} is missing: expected a file with the password there, or one of ${names.command}, ` +
      `${VARIABLES[role]}PASSWORD_FILE, ${VARIABLES[role]}PASSWORD_COMMAND and ${VARIABLES[role]}PASSWORD`,
  );
}

async function runCommand(option: string, line: string): Promise<string> {
  const [program = '', ...args] = splitCommand(option, line);
  try {
    const { stdout } = await promisify(execFile)(program, args, { encoding: 'utf8' });
    return stdout.trim();
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? '').trim();
    const why = stderr === '' ? (error as Error).message : stderr;
    throw new Failure('invalid-request', `${option} "${program}" failed: ${why}`, { cause: error });
  }
}

function nonEmpty(password: string, option: string, given: string): string {
  if (password !== '') return password;
  throw new Failure('invalid-request', `${option} is "${given}": the password there is empty`);
}
