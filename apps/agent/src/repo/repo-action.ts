import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Command } from 'commander';
import { z } from 'zod';
import { createRepoOutput } from './create-repo-output.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { durationOption } from './duration-option.ts';
import type { RepoOutput, Verbosity } from './repo-output.ts';

export type { ExitCode } from './exit-code.ts';

/** What every `repo` command is told; where the repository is and its password may come from restic's variables. */
export const repoAccess = z.object({
  repo: z.string().min(1, 'expected a folder or rest:URL').optional(),
  repositoryFile: z.string().min(1, 'expected a file').optional(),
  passwordFile: z.string().min(1, 'expected a file').optional(),
  passwordCommand: z.string().min(1, 'expected a command').optional(),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  /** How often `--verbose` was given. */
  verbose: z.number().int().default(0),
  /** False with `--no-lock`. */
  lock: z.boolean().default(true),
  /** KiB a second. */
  limitUpload: z.coerce.number().int().min(0, 'expected KiB a second').default(0),
  limitDownload: z.coerce.number().int().min(0, 'expected KiB a second').default(0),
  /** ms */
  retryLock: durationOption.optional(),
});
export type RepoAccess = z.infer<typeof repoAccess>;

/** Fields that are no options but arguments, with the names that a command's usage gives them. */
export const argumentNames = z.registry<{ name: string }>();

/** Adds a subcommand of `repo` with the options all of them have. */
export function repoSubcommand(parent: Command, usage: string, description: string): Command {
  const command = parent
    .command(usage)
    .description(description)
    .option(
      '-r, --repo <where>',
      'folder, or rest:http://[user:token@]host:port/repository/ (RESTIC_REPOSITORY)',
    )
    .option('--repository-file <file>', 'file that holds the location (RESTIC_REPOSITORY_FILE)')
    .option('-p, --password-file <file>', "file with the repository's password (RESTIC_PASSWORD_FILE)")
    .option('--password-command <command>', 'command that prints the password (RESTIC_PASSWORD_COMMAND)')
    .option('--json', 'what stock restic prints with --json, instead of sentences')
    .option('-q, --quiet', 'no progress and no remarks')
    .option('-v, --verbose', 'say more; twice: each file')
    .option('--limit-upload <KiB>', 'send at most so much a second over the network')
    .option('--limit-download <KiB>', 'get at most so much a second over the network')
    .option('--no-lock', 'take no lock where the command only reads')
    .option('--retry-lock <duration>', "wait this long for somebody else's lock, such as 5m");
  let times = 0;
  // A second listener, after commander's own: it counts what commander only sees as true.
  command.on('option:verbose', () => {
    times += 1;
    command.setOptionValue('verbose', times);
  });
  return command;
}

/** For options that may be given more than once. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/**
 * Parses a command's options and runs it: cancelled by SIGINT, SIGTERM, SIGHUP or when the parent process is gone;
 * whatever is thrown becomes one sentence and its exit code.
 */
export async function runRepoAction<T extends z.ZodType<RepoAccess>>(
  schema: T,
  given: unknown,
  action: (options: z.infer<T>, output: RepoOutput, signal: AbortSignal) => Promise<ExitCode>,
): Promise<void> {
  const { json, verbosity } = outputWish(given);
  const output = createRepoOutput(json, { out: process.stdout, err: process.stderr }, verbosity);
  const cancel = new AbortController();
  const stopListening = cancelOnSignals(cancel);
  // A reader that has seen enough (`| head`) ends us quietly.
  process.stdout.on('error', () => process.exit(1));
  try {
    process.exitCode = await action(parseOptions(schema, given), output, cancel.signal);
  } catch (error) {
    const failure = asFailure(error);
    output.failure(failure);
    process.exitCode = exitCodeOf(failure);
  } finally {
    stopListening();
  }
}

/** How to answer must be known before the options are: also to say what is wrong with them. */
function outputWish(given: unknown): { json: boolean; verbosity: Verbosity } {
  const { json, quiet, verbose } = z
    .object({
      json: z.boolean().catch(false),
      quiet: z.boolean().catch(false),
      verbose: z.number().catch(0),
    })
    .parse(given);
  return { json, verbosity: quiet ? -1 : verbose >= 2 ? 2 : verbose === 1 ? 1 : 0 };
}

function parseOptions<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = placeOf(schema, issue?.path ?? []);
  throw new Failure('invalid-request', `${where}: ${issue?.message ?? 'not understood'}`);
}

/** An option with its dashes; an argument as the usage names it, and which of several. */
function placeOf(schema: z.ZodType, [field, at]: PropertyKey[]): string {
  const key = String(field ?? 'option');
  const known = schema instanceof z.ZodObject ? argumentNames.get(schema.shape[key]) : undefined;
  if (known === undefined) return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return typeof at === 'number' ? `<${known.name}>, number ${at + 1}` : `<${known.name}>`;
}

function cancelOnSignals(cancel: AbortController): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (why: string): void => cancel.abort(new Failure('cancelled', `Cancelled (${why})`));
  for (const signal of signals) process.on(signal, stop);
  const parentGone = (): void => stop('the parent process is gone');
  if (process.send !== undefined) {
    process.on('disconnect', parentGone);
    // Listening must not keep the process alive once its work is done.
    process.channel?.unref();
  }
  return () => {
    for (const signal of signals) process.off(signal, stop);
    process.off('disconnect', parentGone);
  };
}
