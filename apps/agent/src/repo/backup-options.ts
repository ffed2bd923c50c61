import { Failure } from '@breakwater/domain/failure';
import { parseGroupBy } from '@breakwater/domain/retention-groups';
import { splitTagList } from '@breakwater/domain/retention-tags';
import { type GoTime, localGoTimeFromMs } from '@breakwater/restic-format/go-time';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { readBackupVariables } from './config.ts';
import { addDistrustOption, distrustPackOption } from './distrust-option.ts';
import { argumentNames, collect, repoAccess } from './repo-action.ts';

const list = z.array(z.string()).default([]);
const flag = z.boolean().default(false);

export const backupOptions = repoAccess.extend({
  paths: z
    .array(z.string().min(1, 'is empty: expected a path'))
    .default([])
    .register(argumentNames, { name: 'paths' }),
  exclude: list,
  iexclude: list,
  excludeFile: list,
  iexcludeFile: list,
  excludeIfPresent: list,
  excludeCaches: flag,
  excludeLargerThan: z.string().transform(parseSize).optional(),
  oneFileSystem: flag,
  filesFrom: list,
  filesFromVerbatim: list,
  filesFromRaw: list,
  stdin: flag,
  stdinFilename: z.string().min(1, 'expected the name of a file').default('stdin'),
  stdinFromCommand: flag,
  tag: list.transform((tags) => tags.flatMap(splitTagList).filter((tag) => tag !== '')),
  host: z.string().min(1, 'expected a name').optional(),
  description: z.string().max(4000, 'expected at most 4000 characters').optional(),
  time: z.string().transform(parseTime).optional(),
  force: flag,
  distrustPack: distrustPackOption,
  parent: z.string().min(1, 'expected a snapshot').optional(),
  groupBy: z.string().transform(groupByOption).optional(),
  ignoreInode: flag,
  ignoreCtime: flag,
  withAtime: flag,
  dryRun: flag,
  scan: z.boolean().default(true),
  skipIfUnchanged: flag,
  readConcurrency: z.coerce.number().int().min(1).max(64, 'expected 1 to 64').optional(),
  uploads: z.coerce.number().int().min(1).max(32, 'expected 1 to 32').optional(),
});
export type BackupOptions = z.infer<typeof backupOptions>;

/** The options on the command line, with stock restic's names and letters. */
export function addBackupOptions(command: Command): void {
  command
    .option('-e, --exclude <pattern>', 'leave out what matches (repeatable)', collect)
    .option('--iexclude <pattern>', 'the same, upper and lower case alike (repeatable)', collect)
    .option('--exclude-file <file>', 'file of such patterns, one a line (repeatable)', collect)
    .option('--iexclude-file <file>', 'file of patterns for which case does not matter (repeatable)', collect)
    .option('--exclude-caches', 'leave out what lies in folders with a CACHEDIR.TAG')
    .option(
      '--exclude-if-present <name[:header]>',
      'leave out what lies beside such a file (repeatable)',
      collect,
    )
    .option('--exclude-larger-than <size>', 'leave out larger files; bytes, or with k, m, g, t')
    .option('-x, --one-file-system', 'stay on the file systems of the paths given')
    .option(
      '--files-from <file>',
      'file of patterns of paths to back up; - is the input (repeatable)',
      collect,
    )
    .option('--files-from-verbatim <file>', 'file of paths, one a line, as they are (repeatable)', collect)
    .option('--files-from-raw <file>', 'file of paths, each ended by a zero byte (repeatable)', collect)
    .option('--stdin', 'back up what is read from the input')
    .option('--stdin-filename <name>', 'its name in the snapshot (stdin)')
    .option('--stdin-from-command', 'the arguments are a command: back up what it prints')
    .option('--tag <tags>', 'tags of the snapshot, a,b (repeatable)', collect)
    .option('-H, --host <name>', "host name of the snapshot instead of this machine's (RESTIC_HOST)")
    .option('--description <text>', 'what this snapshot is, kept in it')
    .option('--time <time>', 'time of the snapshot, YYYY-MM-DD HH:MM:SS, here')
    .option('-f, --force', 'read all files, unchanged ones too')
    .option('--parent <snapshot>', 'compare with this one instead of the newest of the group')
    .option('-g, --group-by <what>', 'what a parent must have in common: host, paths, tags (host,paths)')
    .option(
      '--ignore-inode',
      'a file with another inode or change time may be unchanged (RESTIC_IGNORE_INODE)',
    )
    .option('--ignore-ctime', 'a file with another change time may be unchanged (RESTIC_IGNORE_CTIME)')
    .option('--with-atime', 'keep access times')
    .option('-n, --dry-run', 'only say what would be done')
    .option('--no-scan', 'do not count first what there is to do')
    .option('--skip-if-unchanged', 'no snapshot when it would hold what its parent holds')
    .option('--read-concurrency <number>', 'files read at once (RESTIC_READ_CONCURRENCY)')
    .addOption(new Option('--uploads <number>', 'packs on their way at once'));
  addDistrustOption(command, 'store again what these damaged packs hold, as far as it is still there');
}

/** Options that are not given, from restic's variables. */
export function withVariables(given: object): object {
  const { host, readConcurrency, ignoreInode, ignoreCtime } = readBackupVariables();
  return {
    ...(host !== undefined && { host }),
    ...(readConcurrency !== undefined && { readConcurrency }),
    ...(ignoreInode && { ignoreInode }),
    ...(ignoreCtime && { ignoreCtime }),
    ...given,
  };
}

/** What cannot be asked for together, as in restic. */
export function refuseCombinations(options: BackupOptions): void {
  const refuse = (message: string): never => {
    throw new Failure('invalid-request', message);
  };
  const streamed = options.stdin ? '--stdin' : options.stdinFromCommand ? '--stdin-from-command' : null;
  if (streamed === null) return;
  if (options.stdin && options.stdinFromCommand) {
    refuse('--stdin and --stdin-from-command cannot be used together');
  }
  if (options.filesFrom.length + options.filesFromVerbatim.length + options.filesFromRaw.length > 0) {
    refuse(`${streamed} and lists of files cannot be used together`);
  }
  if (options.stdin && options.paths.length > 0) refuse('--stdin takes no paths');
  if (options.stdinFromCommand && options.paths.length === 0) {
    refuse('--stdin-from-command: expected a command after --');
  }
}

const UNITS: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

function parseSize(text: string, context: z.RefinementCtx): number {
  const [, count = '', unit = 'b'] = /^(\d+)([bkmgt])?$/i.exec(text) ?? [];
  const size = Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  if (count !== '' && Number.isSafeInteger(size)) return size;
  context.addIssue(`is "${text}": expected bytes, or a number with k, m, g or t`);
  return z.NEVER;
}

function parseTime(text: string, context: z.RefinementCtx): GoTime {
  const fields = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (fields !== undefined) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
    const at = new Date(year, month - 1, day, hour, minute, second);
    // An hour that the clocks leave out is moved by Date; a day that the month does not have is no time at all.
    if (at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60 && second < 60) {
      return localGoTimeFromMs(at.getTime());
    }
  }
  context.addIssue(`is "${text}": expected YYYY-MM-DD HH:MM:SS`);
  return z.NEVER;
}

function groupByOption(text: string, context: z.RefinementCtx) {
  const parsed = parseGroupBy(text);
  if (parsed.ok) return parsed.groupBy;
  context.addIssue(parsed.expected);
  return z.NEVER;
}
