import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Socket } from 'socket.io';
import { z } from 'zod';

const spoken = z.object({ protocolVersion: z.unknown() });

/**
 * Parses a handshake. The protocol version is judged first and alone: a peer of another version may send other
 * fields, and is to hear that it is its version. Throws Failure `protocol-version` or `invalid-request`.
 */
export function parseHandshake<T extends z.ZodType>(schema: T, auth: unknown): z.output<T> {
  const version = spoken.safeParse(auth);
  if (version.success && version.data.protocolVersion !== PROTOCOL_VERSION) {
    throw new Failure(
      'protocol-version',
      `this control center speaks protocol version ${PROTOCOL_VERSION}, the peer ${JSON.stringify(version.data.protocolVersion) ?? 'none'}: install the same version of Breakwater on both`,
    );
  }
  const parsed = schema.safeParse(auth);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure(
    'invalid-request',
    `the handshake was refused: ${issue?.path.join('.') || 'auth'}: ${issue?.message ?? 'not as agreed'}`,
  );
}

/** Socket.IO middleware from a check that throws: the peer's `connect_error` carries `data: {code, message, retryable}`. */
export function admit(
  check: (socket: Socket) => Promise<void>,
): (socket: Socket, next: (error?: Error) => void) => void {
  return (socket, next) => {
    check(socket).then(
      () => next(),
      (error: unknown) => {
        const { code, message, retryable } = asFailure(error);
        next(Object.assign(new Error(message), { data: { code, message, retryable } }));
      },
    );
  };
}
