import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const USAGE = `usage: npm start -- [--backup PATH [--once]] [--nodes N] [--agents N]
  --backup PATH  back PATH up now, show the progress, print how to restore it
  --once         with --backup: stop everything when it is done
  --nodes N      local storage nodes to run (default 3)
  --agents N     local agents to run (default 1); both 0 runs the control center alone`;

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
  dataDir: string;
  host: string;
  port: number;
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
  const { values } = readArguments(args);
  const port = z.coerce
    .number()
    .int()
    .min(1)
    .max(65535)
    .safeParse(environment.PORT ?? '3000');
  if (!port.success) throw new Error(`PORT is "${environment.PORT}": expected a number from 1 to 65535.`);
  const backupPath = values.backup === undefined ? null : resolve(callerDir, values.backup);
  if (backupPath !== null) requireReadable(backupPath);
  if (values.once === true && backupPath === null) throw new Error('--once goes with --backup PATH.');
  const given = environment.BREAKWATER_DATA;
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
    dataDir:
      given === undefined || given === '' ? resolve(root, '.breakwater') : fromCaller(callerDir, given),
    host: environment.HOST === undefined || environment.HOST === '' ? '127.0.0.1' : environment.HOST,
    port: port.data,
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        backup: { type: 'string' },
        once: { type: 'boolean' },
        nodes: { type: 'string' },
        agents: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function parseCount(name: string, given: string): number {
  const parsed = count(name).safeParse(given.trim() === '' ? Number.NaN : given);
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
