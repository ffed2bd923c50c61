import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import type { Socket } from 'socket.io';
import { z } from 'zod';
import { toldFailure } from '../db/database-failure.ts';
import { shown } from '../http/field-refusal.ts';
import { parseInput, sayFieldError } from '../http/parse-input.ts';

const spoken = z.object({ protocolVersion: z.unknown() });

/**
 * Parses a handshake. The protocol version is judged first and alone: a peer of another version may send other
 * fields, and is to hear that it is its version. Throws Failure `protocol-version` or `invalid-request`.
 */
export function parseHandshake<T extends z.ZodType>(schema: T, auth: unknown): z.output<T> {
  const version = spoken.safeParse(auth);
  if (version.success && version.data.protocolVersion !== PROTOCOL_VERSION) {
    const given = version.data.protocolVersion;
    // Of an object nothing is shown: it may be nested as deep as it likes.
    const words = typeof given === 'object' ? 'none' : shown('protocolVersion', given);
    throw new Failure(
      'protocol-version',
      `this control center speaks protocol version ${PROTOCOL_VERSION}, the peer ${words}: install the same version of Breakwater on both`,
    );
  }
  const parsed = parseInput(schema, auth, 'auth');
  if (parsed.ok) return parsed.data;
  const words = parsed.fieldErrors.slice(0, 1).map(sayFieldError).join('');
  throw new Failure('invalid-request', `the handshake was refused: ${words}`);
}

/** Socket.IO middleware from a check that throws: the peer's `connect_error` carries `data: {code, message, retryable}`. */
export function admit(
  logger: Logger,
  check: (socket: Socket) => Promise<void>,
): (socket: Socket, next: (error?: Error) => void) => void {
  return (socket, next) => {
    check(socket).then(
      () => next(),
      (error: unknown) => {
        const data = toldFailure(error);
        if (data.code === 'internal') logger.error({ err: error }, 'a handshake failed');
        next(Object.assign(new Error(data.message), { data }));
      },
    );
  };
}
