import { z } from 'zod';

const text = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));
/** Go's strconv.ParseBool; what it does not understand counts as false, as in restic. */
const flag = text.transform((value) => ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value ?? ''));

export type AccessVariables = ReturnType<typeof readAccessVariables>;

/** Where the repository is and how it opens, in restic's variables: `RESTIC_…`, or `RESTIC_FROM_…` for a source. */
export function readAccessVariables(prefix: 'RESTIC_' | 'RESTIC_FROM_') {
  return z
    .object({
      repository: text,
      repositoryFile: text,
      password: text,
      passwordFile: text,
      passwordCommand: text,
    })
    .parse({
      repository: process.env[`${prefix}REPOSITORY`],
      repositoryFile: process.env[`${prefix}REPOSITORY_FILE`],
      password: process.env[`${prefix}PASSWORD`],
      passwordFile: process.env[`${prefix}PASSWORD_FILE`],
      passwordCommand: process.env[`${prefix}PASSWORD_COMMAND`],
    });
}

/** User and password for `rest:` locations that name none. */
export function readRestVariables() {
  return z.object({ username: text, password: text }).parse({
    username: process.env.RESTIC_REST_USERNAME,
    password: process.env.RESTIC_REST_PASSWORD,
  });
}

/** What restic's variables set for options that are not given. */
export function readBackupVariables() {
  return z.object({ host: text, readConcurrency: text, ignoreInode: flag, ignoreCtime: flag }).parse({
    host: process.env.RESTIC_HOST,
    readConcurrency: process.env.RESTIC_READ_CONCURRENCY,
    ignoreInode: process.env.RESTIC_IGNORE_INODE,
    ignoreCtime: process.env.RESTIC_IGNORE_CTIME,
  });
}

/** For `$NAME` in exclude files; '' when it is not set. */
export function environmentVariable(name: string): string {
  return process.env[name] ?? '';
}
