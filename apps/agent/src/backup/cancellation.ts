import { Failure } from '@breakwater/domain/failure';

/** Throws what ended the signal: its reason when that is a Failure (a lost lock), else `cancelled`. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw signal.reason instanceof Failure
    ? signal.reason
    : new Failure('cancelled', 'Cancelled', { cause: signal.reason });
}
