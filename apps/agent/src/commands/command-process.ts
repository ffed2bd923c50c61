import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Failure } from '@breakwater/domain/failure';
import { errorCode } from '../posix/error-code.ts';

/** What to run: a program with its arguments, never a shell. */
export interface CommandSpec {
  argv: readonly string[];
  /** As whom; only root may choose. Its other groups are not taken along. */
  account?: { uid: number; gid: number };
  /** All of the environment; by default this process's own. */
  env?: Readonly<Record<string, string>>;
  /** Working folder. */
  folder?: string;
  timeoutMs?: number;
}

/** How a process ended: by itself with `code`, or by a signal, maybe because its time was up. */
export interface CommandEnd {
  code: number | null;
  signal: string | null;
  timedOut: boolean;
}

export interface CommandProcess {
  stdout: Readable;
  stderr: Readable;
  /** When the program has ended; what it started may go on. Throws `command-failed` when it could not be started. */
  ended: Promise<CommandEnd>;
  /** Asks the whole process group to end, and kills it a little later. */
  stop(): void;
}

/** A group that was asked to end is killed after this, ms. */
const KILL_AFTER_MS = 5000;

/** Starts a command in a process group of its own, so that all it starts can be ended with it. */
export function startCommand(spec: CommandSpec): CommandProcess {
  const [program = '', ...args] = spec.argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(spec.account !== undefined && spec.account),
    ...(spec.env !== undefined && { env: { ...spec.env } }),
    ...(spec.folder !== undefined && { cwd: spec.folder }),
  });
  const group = child.pid === undefined ? null : -child.pid;
  let timedOut = false;
  let killing: NodeJS.Timeout | undefined;
  let isClosed = false;
  const stop = (): void => {
    // Once it has ended and nobody holds its streams, the number may soon be another's.
    if (group === null || isClosed || killing !== undefined) return;
    signalGroup(group, 'SIGTERM');
    killing = setTimeout(() => signalGroup(group, 'SIGKILL'), KILL_AFTER_MS);
  };
  const limit =
    spec.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, spec.timeoutMs);
  child.once('close', () => {
    isClosed = true;
    clearTimeout(limit);
    // What closed its streams and lives on is still killed.
    if (killing !== undefined && (group === null || !isAlive(group))) clearTimeout(killing);
  });
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal, timedOut }));
    child.once('error', (error) => {
      clearTimeout(limit);
      const folder = spec.folder === undefined ? '' : `, or no folder ${spec.folder}`;
      const why = errorCode(error) === 'ENOENT' ? `there is no such program${folder}` : error.message;
      reject(new Failure('command-failed', `"${program}" cannot be started: ${why}`, { cause: error }));
    });
  });
  // Whoever reads the streams first meets it later.
  ended.catch(() => undefined);
  return { stdout: child.stdout, stderr: child.stderr, ended, stop };
}

/** Why a command did not do what it should, in words after its name; null when it did. */
export function whatWentWrong(end: CommandEnd, timeoutMs: number | undefined): string | null {
  if (end.timedOut) return `was ended because it took longer than ${Math.round((timeoutMs ?? 0) / 1000)} s`;
  if (end.code === 0) return null;
  return end.code === null ? `was ended by ${end.signal}` : `ended with ${end.code}`;
}

function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(group, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'EPERM') throw error;
  }
}

function isAlive(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
