import { z } from 'zod';
import { byteCount, contentId, epochMs } from './ids.ts';

/**
 * Commands on a source server. What they are stands in a file on that server alone (`--allow-commands`); here they
 * only have names, and the values of the parameters that the file leaves open.
 */
export const commandName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'expected 1 to 64 lower-case letters, digits, ".", "_" or "-", the first a letter or digit',
  );
export const parameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'expected 1 to 32 lower-case letters, digits or "_", the first a letter');
/** It takes a place in an argument: what begins with "-" could be taken for an option. */
export const parameterValue = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => !value.startsWith('-'), 'expected a value that does not begin with "-"')
  .refine((value) => !/\p{Cc}/u.test(value), 'expected a value without control characters');

export const commandParameter = z.object({
  name: parameterName,
  /** A JavaScript regular expression that the whole value matches. */
  pattern: z.string().max(500),
  description: z.string().max(500).nullable(),
});
export type CommandParameter = z.infer<typeof commandParameter>;

const allowed = {
  name: commandName,
  description: z.string().max(500).nullable(),
  parameters: z.array(commandParameter).max(16),
  timeoutSeconds: z.number().int().positive(),
};
export const sourceKinds = ['postgresql', 'mysql', 'sqlite', 'command'] as const;
/** A command whose output can be backed up. */
export const allowedSource = z.object({
  ...allowed,
  kind: z.enum(sourceKinds),
  /** The file it becomes in its snapshot, without the first slash; parameters as `{name}`. */
  file: z.string().max(500),
});
/** A command that can be run before or after a backup. */
export const allowedHook = z.object(allowed);
export type AllowedSource = z.infer<typeof allowedSource>;
export type AllowedHook = z.infer<typeof allowedHook>;

/** What a source server's own list allows, as its agent last told. */
export const allowedCommands = z.object({
  sources: z.array(allowedSource).max(500),
  hooks: z.array(allowedHook).max(500),
  /** Why the list counts for nothing at the moment; null when it is in use, or there is none. */
  problem: z.string().max(4000).nullable(),
});
export type AllowedCommands = z.infer<typeof allowedCommands>;
export const NO_COMMANDS: AllowedCommands = { sources: [], hooks: [], problem: null };

export const namedCommand = z.strictObject({
  name: commandName,
  parameters: z.record(parameterName, parameterValue).default({}),
});
export type NamedCommand = z.infer<typeof namedCommand>;
export const beforeHook = namedCommand.extend({
  /** `stop`: the run fails without having read anything. `go-on`: it is only said. */
  ifFails: z.enum(['stop', 'go-on']).default('stop'),
});
export const runHooks = z.strictObject({
  /** One after the other, before anything is read. */
  before: z.array(beforeHook).max(16).default([]),
  /** One after the other, however the run went; they learn of it from `BREAKWATER_OUTCOME`. */
  after: z.array(namedCommand).max(16).default([]),
});
export type RunHooks = z.infer<typeof runHooks>;
export const NO_HOOKS: RunHooks = { before: [], after: [] };

/** One command in words, such as `pg-dump database=shop`: the same for the same command and values. */
export function commandLabel({ name, parameters }: NamedCommand): string {
  const given = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [name, ...given.map(([key, value]) => `${key}=${value}`)].join(' ');
}

export const MAX_COMMAND_OUTPUT = 8000;
/** How one command of a run went. */
export const commandResult = z.object({
  role: z.enum(['source', 'before', 'after']),
  name: commandName,
  parameters: z.record(z.string(), z.string()),
  outcome: z.enum(['succeeded', 'failed', 'timed-out', 'not-allowed', 'cancelled', 'skipped']),
  /** Null where it did not begin, or was ended from outside. */
  exitCode: z.number().int().nullable(),
  startedAt: epochMs.nullable(),
  seconds: z.number().nonnegative().nullable(),
  /** Why it did not succeed. */
  message: z.string().max(4000).nullable(),
  /** The end of what it printed: both streams of a hook, the errors of a source. */
  output: z.string().max(MAX_COMMAND_OUTPUT),
  outputCut: z.boolean(),
  /** Of a source: what it gave, and the snapshot made of that. */
  bytes: byteCount.nullable(),
  snapshotId: contentId.nullable(),
});
export type CommandResult = z.infer<typeof commandResult>;
