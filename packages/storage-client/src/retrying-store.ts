import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@breakwater/domain/failure';
import type { PackStore } from '@breakwater/restic-format/pack-store';
import { abortFailure } from './abort-failure.ts';
import { type Backoff, pauseMs } from './backoff.ts';

export interface RetryOptions {
  backoff?: Backoff;
  /** A call that has been failing for this long, in milliseconds, fails for good. Asked anew for each failure. */
  limitMs?: () => number;
  /** Told before each pause; `tries` counts this call's failures so far. */
  onRetry?: (event: { failure: Failure; tries: number; pauseMs: number }) => void;
  /** Told when a call went through after failures. */
  onRecovered?: (event: { tries: number }) => void;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 250, longestMs: 15_000 };
export const DEFAULT_RETRY_LIMIT_MS = 60_000;

/**
 * The same store, with calls that fail for a passing reason (`retryable`) tried again after growing pauses, until
 * they go through or have been failing for `limitMs`; then the last failure is thrown. An aborted signal ends a
 * pause at once with `cancelled`.
 */
export function createRetryingStore(store: PackStore, options: RetryOptions = {}): PackStore {
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const limitMs = options.limitMs ?? (() => DEFAULT_RETRY_LIMIT_MS);

  async function persist<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    let firstFailureAt: number | undefined;
    for (let tries = 0; ; ) {
      try {
        const result = await call();
        if (tries > 0) options.onRecovered?.({ tries });
        return result;
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable || signal?.aborted) throw error;
        tries += 1;
        const now = performance.now();
        firstFailureAt ??= now;
        const pause = pauseMs(backoff, tries, Math.random());
        if (now + pause - firstFailureAt > limitMs()) throw error;
        options.onRetry?.({ failure: error, tries, pauseMs: pause });
        await pauseUnlessAborted(pause, signal);
      }
    }
  }

  return {
    location: store.location,
    list: (kind, signal) => persist(signal, () => store.list(kind, signal)),
    stat: (kind, name, signal) => persist(signal, () => store.stat(kind, name, signal)),
    read: (kind, name, range, signal) => persist(signal, () => store.read(kind, name, range, signal)),
    write: (kind, name, parts, signal) => persist(signal, () => store.write(kind, name, parts, signal)),
    remove: (kind, name, signal) => persist(signal, () => store.remove(kind, name, signal)),
  };
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? abortFailure(signal, 'cancelled while waiting to try again') : error;
  }
}
