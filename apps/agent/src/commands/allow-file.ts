import { commandName, parameterName, type sourceKinds } from '@breakwater/contract/source-commands';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';

/** Whoever writes the file has tried it on the values that are to pass. */
const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => {
    try {
      return wholeValue(text) !== null;
    } catch {
      return false;
    }
  }, 'expected a regular expression');

/** A pattern stands for the whole value. */
export function wholeValue(text: string): RegExp {
  return new RegExp(`^(?:${text})$`, 'u');
}

const text = z
  .string()
  .min(1)
  .max(4096)
  .refine((one) => !one.includes('\0'), 'expected no zero byte');
const absolute = text.refine((path) => path.startsWith('/'), 'expected an absolute path');
/** Where an option could stand. */
const word = text.refine((one) => !one.startsWith('-'), 'expected a value that does not begin with "-"');
const seconds = z
  .number()
  .int()
  .min(1)
  .max(7 * 86_400);

const common = {
  description: z.string().max(500).optional(),
  /** The account to run as; the agent's own by default. */
  user: z.string().min(1).max(64).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable'),
      text.or(z.literal('')),
    )
    .default({}),
  /** Working folder. */
  folder: absolute.default('/'),
  parameters: z
    .record(parameterName, z.strictObject({ pattern, description: z.string().max(500).optional() }))
    .default({}),
};
const argv = z
  .array(text.or(z.literal('')))
  .min(1)
  .max(256)
  .refine((words) => words[0]?.startsWith('/'), {
    path: [0],
    message: 'expected the absolute path of a program',
  });
const ofSource = {
  ...common,
  timeoutSeconds: seconds.default(86_400),
  /** The name of the file that the output becomes. */
  file: z
    .string()
    .min(1)
    .max(500)
    .refine(
      (name) => name.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
      'expected a file name or a relative path without "." and ".."',
    )
    .optional(),
};
const ofServer = {
  ...ofSource,
  /** All of them by default. */
  database: word.optional(),
  host: word.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  /** More options for the dump program. */
  options: z.array(text).max(64).default([]),
  /** The dump program; the usual one on the PATH by default. */
  program: absolute.optional(),
};
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), ...ofSource, argv }),
  z.strictObject({ kind: z.literal('postgresql'), ...ofServer }),
  z.strictObject({ kind: z.literal('mysql'), ...ofServer, defaultsFile: absolute.optional() }),
  z.strictObject({ kind: z.literal('sqlite'), ...ofSource, database: absolute }),
]);
const hook = z.strictObject({ ...common, argv, timeoutSeconds: seconds.default(300) });
export type SourceEntry = z.infer<typeof source>;
export type HookEntry = z.infer<typeof hook>;
type Missing = Exclude<(typeof sourceKinds)[number], SourceEntry['kind']>;
/** Every kind of the contract has a form here. */
export const UNDESCRIBED: Missing[] = [];

const allowFile = z.strictObject({
  version: z.literal(1),
  sources: z.record(commandName, source).default({}),
  hooks: z.record(commandName, hook).default({}),
});
export type AllowFile = z.infer<typeof allowFile>;

/** Parses the list of allowed commands. Throws `command-not-allowed` naming the line or the field. */
export function parseAllowFile(path: string, content: string): AllowFile {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new Failure(
      'command-not-allowed',
      `No command is allowed because ${path} is not JSON: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const parsed = allowFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String) ?? [];
  throw badField(path, field, issue?.message ?? 'expected another value', valueAt(json, field));
}

export function badField(path: string, field: readonly string[], expected: string, given: unknown): Failure {
  const name = field.join('.') || 'the file';
  const shown = given === undefined ? 'missing' : (JSON.stringify(given)?.slice(0, 120) ?? String(given));
  // What is in the environment may be a password.
  const value = field.includes('env') ? 'hidden' : shown;
  return new Failure(
    'command-not-allowed',
    `No command is allowed because of ${path}: ${name} is ${value}: ${expected}`,
  );
}

function valueAt(json: unknown, field: readonly string[]): unknown {
  let value = json;
  for (const key of field) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
