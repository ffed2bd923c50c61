import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseEnvironment } from '@breakwater/process/config';
import { z } from 'zod';

const EXPECTED = 'expected --backup PATH, --once, --nodes N, --agents N or --reset-admin after npm start --';

const environmentVariables = {
  PORT: z.coerce
    .number({ error: 'expected a number from 1 to 65535.' })
    .int('expected a number from 1 to 65535.')
    .min(1, 'expected a number from 1 to 65535.')
    .max(65535, 'expected a number from 1 to 65535.')
    .default(3000),
  HOST: z.string().default('127.0.0.1'),
  BREAKWATER_DATA: z.string().optional(),
  DATABASE_URL: z.string().optional(),
};

const count = (name: string) =>
  z.coerce
    .number({ error: `${name} must be a number from 0 to 20` })
    .int()
    .min(0)
    .max(20, { error: `${name} must be a number from 0 to 20` });

export interface Options {
  backupPath: string | null;
  once: boolean;
  nodes: number;
  agents: number;
  /** The first admin gets a new one-time password. */
  resetAdmin: boolean;
  dataDir: string;
  host: string;
  port: number;
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
}

/**
 * Parses the command line and environment of `npm start`. Throws an Error whose message is for people.
 * `callerDir` is where the user typed the command: relative paths are meant from there.
 */
export function parseOptions(
  args: readonly string[],
  environment: Record<string, string | undefined>,
  root: string,
): Options {
  const callerDir = environment.INIT_CWD ?? process.cwd();
  const values = readArguments(args);
  const given = parseEnvironment(environmentVariables, environment);
  const backupPath = values.backup === undefined ? null : resolve(callerDir, values.backup);
  if (backupPath !== null) requireReadable(backupPath);
  if (values.once === true && backupPath === null) throw new Error('--once goes with --backup PATH.');
  const nodes = parseCount('--nodes', values.nodes ?? '3');
  const agents = parseCount('--agents', values.agents ?? '1');
  if (backupPath !== null && (nodes === 0 || agents === 0)) {
    throw new Error('--backup needs at least one local node and one local agent.');
  }
  return {
    backupPath,
    once: values.once === true,
    nodes,
    agents,
    resetAdmin: values.resetAdmin === true,
    dataDir:
      given.BREAKWATER_DATA === undefined
        ? resolve(root, '.breakwater')
        : fromCaller(callerDir, given.BREAKWATER_DATA),
    host: given.HOST,
    port: given.PORT,
    databaseUrl: given.DATABASE_URL ?? null,
  };
}

interface GivenOptions {
  backup?: string;
  once?: boolean;
  nodes?: string;
  agents?: string;
  resetAdmin?: boolean;
}

function readArguments(args: readonly string[]): GivenOptions {
  const values: GivenOptions = {};
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      backup: { type: 'string' },
      once: { type: 'boolean' },
      nodes: { type: 'string' },
      agents: { type: 'string' },
      'reset-admin': { type: 'boolean' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new Error(`"${token.value}" belongs to no option: ${EXPECTED}.`);
    const { name, rawName, value } = token;
    if (name === 'once' || name === 'reset-admin') {
      if (value !== undefined) throw new Error(`${rawName} is "${value}": it takes no value.`);
      values[name === 'once' ? name : 'resetAdmin'] = true;
    } else if (name === 'backup' || name === 'nodes' || name === 'agents') {
      // A value that looks like the next option is one that was forgotten; `--backup=-x` says it is meant.
      const forgotten = value === undefined || (!token.inlineValue && value.startsWith('-'));
      if (forgotten || value.trim() === '') {
        throw new Error(`${rawName} has no value: expected a ${name === 'backup' ? 'path' : 'number'}.`);
      }
      values[name] = value;
    } else throw new Error(`${rawName} is not an option: ${EXPECTED}.`);
  }
  return values;
}

function parseCount(name: string, given: string): number {
  const parsed = count(name).safeParse(given);
  if (!parsed.success) throw new Error(`${name} is "${given}": expected a number from 0 to 20.`);
  return parsed.data;
}

function fromCaller(callerDir: string, path: string): string {
  return isAbsolute(path) ? path : resolve(callerDir, path);
}

function requireReadable(path: string): void {
  try {
    const isDirectory = statSync(path).isDirectory();
    accessSync(path, isDirectory ? constants.R_OK | constants.X_OK : constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new Error(`--backup ${path}: there is no such file or folder. Give a path that exists.`);
    }
    throw new Error(
      `--backup ${path}: it cannot be read (${code}). Give read access to this user, or run npm start as one who has it.`,
    );
  }
}
