import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { posix } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '@breakwater/domain/failure';
import { errorCode } from '../posix/error-code.ts';
import { throwIfCancelled } from './cancellation.ts';

/** Bytes to back up that are no file. */
export interface StreamSource {
  /** Where they lie in the snapshot: absolute. */
  path: string;
  /** Once. Throws when not all of it could be had: then there must be no snapshot. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The name in the snapshot as restic makes it of `--stdin-filename`. Throws `invalid-request`. */
function pathOf(filename: string): string {
  const path = posix.normalize(`/${filename}`).replace(/(?!^)\/$/, '');
  if (path !== '/') return path;
  throw new Failure('invalid-request', `--stdin-filename is "${filename}": expected the name of a file`);
}

export function streamOfInput(filename: string, input: NodeJS.ReadableStream): StreamSource {
  return {
    path: pathOf(filename),
    async *read(signal) {
      const stop = (): void => {
        (input as Partial<{ destroy(): void }>).destroy?.();
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const part of input) {
          throwIfCancelled(signal);
          yield typeof part === 'string' ? Buffer.from(part) : part;
        }
      } catch (error) {
        throwIfCancelled(signal);
        throw new Failure('path-unreadable', `The input cannot be read: ${String(error)}`, { cause: error });
      } finally {
        signal.removeEventListener('abort', stop);
      }
      throwIfCancelled(signal);
    },
  };
}

/** A command that was told to end is killed after this, ms. */
const KILL_AFTER_MS = 5000;

/**
 * What a command prints. Ends with `command-failed` when it cannot be started or ends in any other way than with 0.
 * `onMessage` is given each line of its stderr.
 */
export function streamOfCommand(
  filename: string,
  command: readonly string[],
  onMessage: (line: string) => void,
): StreamSource {
  const [program = '', ...args] = command;
  return {
    path: pathOf(filename),
    async *read(signal) {
      throwIfCancelled(signal);
      // A group of its own, so that all of a pipeline can be ended.
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      const { stdout, stderr } = child;
      const ended = endOf(child, program);
      // It is met below, after the last byte.
      ended.catch(() => undefined);
      const messages = createInterface({ input: stderr, crlfDelay: Number.POSITIVE_INFINITY });
      const said = once(messages, 'close');
      messages.on('line', onMessage);
      const stop = (): void => endGroup(child);
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const part of stdout) {
          throwIfCancelled(signal);
          yield part as Buffer;
        }
        await ended;
        await said;
      } finally {
        signal.removeEventListener('abort', stop);
        endGroup(child);
        throwIfCancelled(signal);
      }
    },
  };
}

async function endOf(child: ChildProcess, program: string): Promise<void> {
  const [code, killedBy] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('exit', (...how) => resolve(how));
    child.on('error', (error) => {
      const why = errorCode(error) === 'ENOENT' ? 'there is no such program' : error.message;
      reject(new Failure('command-failed', `"${program}" cannot be started: ${why}`, { cause: error }));
    });
  });
  if (code === 0) return;
  const how = code === null ? `was ended by ${killedBy}` : `ended with ${code}`;
  throw new Failure('command-failed', `"${program}" ${how}; no snapshot was made`);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const group = -child.pid;
  signalGroup(group, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(group, 'SIGKILL'), KILL_AFTER_MS);
  child.once('exit', () => clearTimeout(timer));
}

function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(group, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
