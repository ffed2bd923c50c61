import { once } from 'node:events';
import { posix } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '@breakwater/domain/failure';
import {
  type CommandEnd,
  type CommandSpec,
  startCommand,
  whatWentWrong,
} from '../commands/command-process.ts';
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

/**
 * What a command prints. Ends with `command-failed` when it cannot be started or ends in any other way than with 0 in
 * its time. `onMessage` is given each line of its stderr; `onEnd` hears how it ended, where it had begun.
 */
export function streamOfCommand(
  filename: string,
  spec: CommandSpec,
  onMessage: (line: string) => void,
  onEnd?: (end: CommandEnd) => void,
): StreamSource {
  const [program = ''] = spec.argv;
  return {
    path: pathOf(filename),
    async *read(signal) {
      throwIfCancelled(signal);
      const running = startCommand(spec);
      const messages = createInterface({ input: running.stderr, crlfDelay: Number.POSITIVE_INFINITY });
      const said = once(messages, 'close');
      messages.on('line', onMessage);
      signal.addEventListener('abort', running.stop, { once: true });
      try {
        for await (const part of running.stdout) {
          throwIfCancelled(signal);
          yield part as Buffer;
        }
        const end = await running.ended;
        await said;
        onEnd?.(end);
        const wrong = whatWentWrong(end, spec.timeoutMs);
        if (wrong !== null)
          throw new Failure('command-failed', `"${program}" ${wrong}; no snapshot was made`);
      } finally {
        signal.removeEventListener('abort', running.stop);
        running.stop();
        throwIfCancelled(signal);
      }
    },
  };
}
