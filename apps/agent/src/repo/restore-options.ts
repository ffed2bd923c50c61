import type { Command } from 'commander';
import { Option } from 'commander';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { excluding, including, type PatternList } from '../restore/pattern-selection.ts';
import type { Selection } from '../restore/selection.ts';
import { argumentNames, collect, repoAccess } from './repo-action.ts';
import { linesOf, readTextFile } from './text-file.ts';

const texts = z.array(z.string().min(1)).default([]);

export const restoreOptions = repoAccess.extend({
  snapshot: z.string().min(1, 'is empty: expected a snapshot').register(argumentNames, { name: 'snapshot' }),
  target: z.string().min(1, 'expected a folder'),
  path: texts,
  host: z.array(z.string()).optional(),
  tag: z.array(z.string()).optional(),
  include: texts,
  iinclude: texts,
  includeFile: texts,
  iincludeFile: texts,
  exclude: texts,
  iexclude: texts,
  excludeFile: texts,
  iexcludeFile: texts,
  anywhere: z.boolean().default(false),
  overwrite: z.enum(['always', 'if-changed', 'if-newer', 'never']).optional(),
  delete: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  sparse: z.boolean().default(false),
  verify: z.boolean().default(false),
});
export type GivenRestore = z.infer<typeof restoreOptions>;

export function addRestoreOptions(command: Command): Command {
  return command
    .requiredOption('-t, --target <folder>', 'where to restore: a new or empty folder, unless --overwrite')
    .option('--path <path>', 'only this path inside the snapshot (repeatable)', collect)
    .option('-i, --include <pattern>', 'only what matches (repeatable)', collect)
    .option('--iinclude <pattern>', 'the same, whatever the case', collect)
    .option('--include-file <file>', 'patterns of --include from a file', collect)
    .option('--iinclude-file <file>', 'patterns of --iinclude from a file', collect)
    .option('-e, --exclude <pattern>', 'not what matches (repeatable)', collect)
    .option('--iexclude <pattern>', 'the same, whatever the case', collect)
    .option('--exclude-file <file>', 'patterns of --exclude from a file', collect)
    .option('--iexclude-file <file>', 'patterns of --iexclude from a file', collect)
    .option('-H, --host <host>', 'for "latest": of this host (repeatable; RESTIC_HOST)', collect)
    .option('--tag <tags>', 'for "latest": with all of these tags, comma-separated (repeatable)', collect)
    .addOption(
      new Option('--overwrite <when>', 'restore over what is there: always, if-changed, if-newer, never'),
    )
    .option('--anywhere', 'the same as --overwrite always')
    .option('--delete', 'remove what the snapshot does not hold (as chosen by the patterns)')
    .option('-n, --dry-run', 'change nothing, say what would be done (with -vv: each entry)')
    .option('--sparse', 'make holes of zeros')
    .option('--verify', 'read the files again afterwards and compare them');
}

/** Refuses what does not go together. Throws `invalid-request`. */
export function checkRestoreOptions(given: GivenRestore): void {
  const included =
    [...given.include, ...given.iinclude, ...given.includeFile, ...given.iincludeFile].length > 0;
  const excluded =
    [...given.exclude, ...given.iexclude, ...given.excludeFile, ...given.iexcludeFile].length > 0;
  if (included && excluded) refuse('--include and --exclude', 'one kind of patterns, not both');
  if (given.path.length > 0 && (included || excluded)) refuse('--path and patterns', 'one or the other');
  if (given.dryRun && given.verify) refuse('--dry-run and --verify', 'one or the other');
  if (given.anywhere && given.overwrite !== undefined && given.overwrite !== 'always') {
    refuse(`--anywhere and --overwrite ${given.overwrite}`, 'one or the other');
  }
  if (given.delete && given.overwrite === undefined && !given.anywhere) {
    refuse('--delete without --overwrite', '--overwrite as well, because the target is not to be empty');
  }
  if (given.delete && /^\/+$/.test(given.target) && !included && !excluded) {
    refuse('--delete with the target /', 'patterns that say what may be deleted');
  }
}

function refuse(given: string, expected: string): never {
  throw new Failure('invalid-request', `${given} are given: expected ${expected}`);
}

/** What the patterns take; undefined without any. */
export async function selectionOf(given: GivenRestore): Promise<Selection | undefined> {
  const includes = await patternLists(given, 'include');
  if (includes.length > 0) return including(includes);
  const excludes = await patternLists(given, 'exclude');
  return excludes.length > 0 ? excluding(excludes) : undefined;
}

async function patternLists(given: GivenRestore, kind: 'include' | 'exclude'): Promise<PatternList[]> {
  const lists: PatternList[] = [];
  for (const ignoreCase of [false, true]) {
    const name = ignoreCase ? (`i${kind}` as const) : kind;
    if (given[name].length > 0) lists.push({ patterns: given[name], ignoreCase, option: `--${name}` });
    for (const file of given[`${name}File`]) {
      const option = `--${name}-file`;
      const lines = linesOf(await readTextFile(option, file)).map((line) => line.trim());
      const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
      lists.push({ patterns, ignoreCase, option });
    }
  }
  return lists;
}
