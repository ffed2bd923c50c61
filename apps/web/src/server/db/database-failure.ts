import { asFailure, Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { Prisma } from './generated/client.ts';

/** Prisma's codes for a database that cannot be reached, has closed the connection, or has none to spare. */
const OUTAGE = /^P(1\d{3}|2024|2028|2037)$/;
const SOCKET = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** PostgreSQL's own: connection exceptions, too many connections, shutting down, crashed, starting up. */
const SQLSTATE = /^(08\w{3}|53300|57P0[123])$/;
/** What its adapter calls them in errors that have no code of their own: raw queries and others. */
const KIND =
  /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TlsConnectionError|DatabaseAccessDenied|AuthenticationFailed)$/;
/** The driver's own errors have nothing but their text; they escape as they are where a transaction begins. */
const DRIVER_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable)/;

const driverError = z.object({
  meta: z.object({
    driverAdapterError: z.object({ cause: z.object({ kind: z.string(), code: z.string().optional() }) }),
  }),
});

/** Any thrown value as a Failure: `unavailable`, to be tried again, where it was the database that did not answer. */
export function databaseFailure(error: unknown): Failure {
  if (!isOutage(error)) return asFailure(error);
  return new Failure('unavailable', 'the database does not answer: try again in a moment', {
    retryable: true,
    cause: error,
  });
}

/**
 * What a peer or a browser is told of a failure. What is our own fault is not described to it: the text of such an
 * error may name hosts, files and queries.
 */
export function toldFailure(error: unknown): Pick<Failure, 'code' | 'message' | 'retryable'> {
  const { code, message, retryable } = databaseFailure(error);
  const told = code === 'internal' ? 'the control center failed on this; its log says why' : message;
  return { code, message: told, retryable };
}

function isOutage(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'internal' && isOutage(error.cause);
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && (OUTAGE.test(`${error.code}`) || SOCKET.test(`${error.code}`))) return true;
  if (DRIVER_TEXT.test(error.message)) return true;
  const driver = driverError.safeParse(error);
  if (!driver.success) return false;
  const { kind, code } = driver.data.meta.driverAdapterError.cause;
  return KIND.test(kind) || (code !== undefined && SQLSTATE.test(code));
}
