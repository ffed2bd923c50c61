import { asFailure, Failure } from '@breakwater/domain/failure';
import { Prisma } from './generated/client.ts';

/** Prisma's codes for a database that cannot be reached, has closed the connection, or has none to spare. */
const OUTAGE = /^P(1\d{3}|2024|2037)$/;
const SOCKET = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** Any thrown value as a Failure: `unavailable`, to be tried again, where it was the database that did not answer. */
export function databaseFailure(error: unknown): Failure {
  const outage =
    error instanceof Prisma.PrismaClientInitializationError ||
    (error instanceof Error &&
      'code' in error &&
      (OUTAGE.test(`${error.code}`) || SOCKET.test(`${error.code}`)));
  if (!outage) return asFailure(error);
  return new Failure('unavailable', 'the database does not answer: try again in a moment', {
    retryable: true,
    cause: error,
  });
}
