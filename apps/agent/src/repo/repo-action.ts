import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Command } from 'commander';
import { z } from 'zod';
import { createRepoOutput } from './create-repo-output.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import type { RepoOutput } from './repo-output.ts';

export type { ExitCode } from './exit-code.ts';

/** What every `repo` command is told. */
export const repoAccess = z.object({
  repo: z.string().min(1, 'expected a folder or rest:URL'),
  passwordFile: z.string().min(1, 'expected a file'),
  json: z.boolean().default(false),
});
export type RepoAccess = z.infer<typeof repoAccess>;

/** Adds a subcommand of `repo` with the options all of them have. */
export function repoSubcommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .requiredOption(
      '--repo <where>',
      'folder of the repository, or rest:http://[user:token@]host:port/repository/',
    )
    .requiredOption('--password-file <file>', "file with the repository's password")
    .option('--json', 'one JSON object a line instead of sentences', false);
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
  const json = z.object({ json: z.literal(true) }).safeParse(given).success;
  const output = createRepoOutput(json, { out: process.stdout, err: process.stderr });
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

function parseOptions<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const option = `--${String(issue?.path[0] ?? 'option').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new Failure('invalid-request', `${option}: ${issue?.message ?? 'not understood'}`);
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
