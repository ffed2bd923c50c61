import { Failure } from '@breakwater/domain/failure';

/** What an aborted signal throws: its own reason when that is a Failure (a lost lock), else `cancelled`. */
export function abortFailure(signal: AbortSignal | undefined, message: string): Failure {
  const reason: unknown = signal?.reason;
  return reason instanceof Failure ? reason : new Failure('cancelled', message, { cause: reason });
}
