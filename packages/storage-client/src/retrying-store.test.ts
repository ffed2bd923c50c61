import { Failure } from '@breakwater/domain/failure';
import { MemoryStore } from '@breakwater/restic-format/testing/memory-store';
import { describePackStore } from '@breakwater/restic-format/testing/pack-store-conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseMs } from './backoff.ts';
import { createRetryingStore } from './retrying-store.ts';

function failing(times: number, failure: Failure): MemoryStore & { calls: number } {
  const store = Object.assign(new MemoryStore(), { calls: 0 });
  const list = store.list.bind(store);
  store.list = (kind, signal) => {
    store.calls += 1;
    return store.calls <= times ? Promise.reject(failure) : list(kind, signal);
  };
  return store;
}

const gone = new Failure('node-unreachable', 'gone', { retryable: true });
const backoff = { firstMs: 1, longestMs: 4 };

describePackStore('RetryingStore', async () => ({
  store: createRetryingStore(new MemoryStore(), { backoff }),
}));

describe('createRetryingStore', () => {
  it('tries again until it goes through, and tells of each pause', async () => {
    const store = failing(3, gone);
    const told: number[] = [];
    let recovered = 0;
    const retrying = createRetryingStore(store, {
      backoff,
      onRetry: ({ tries }) => told.push(tries),
      onRecovered: ({ tries }) => (recovered = tries),
    });
    expect(await retrying.list('data')).toEqual([]);
    expect(told).toEqual([1, 2, 3]);
    expect(recovered).toBe(3);
  });

  it('throws at once what does not get better', async () => {
    const store = failing(1, new Failure('node-full', 'full'));
    await expect(createRetryingStore(store, { backoff }).list('data')).rejects.toMatchObject({
      code: 'node-full',
    });
    expect(store.calls).toBe(1);
  });

  it('throws the last failure when the limit is over', async () => {
    const store = failing(Number.POSITIVE_INFINITY, gone);
    await expect(createRetryingStore(store, { backoff, limitMs: () => 20 }).list('data')).rejects.toBe(gone);
    expect(store.calls).toBeGreaterThan(1);
  });

  it('stops pausing when aborted', async () => {
    const stop = new AbortController();
    const retrying = createRetryingStore(failing(Number.POSITIVE_INFINITY, gone), {
      backoff: { firstMs: 60_000, longestMs: 60_000 },
      limitMs: () => 600_000,
      onRetry: () => stop.abort(),
    });
    await expect(retrying.list('data', stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('pauseMs', () => {
  it('grows, stays within half of and up to the full pause, and never passes the longest', () => {
    const settings = { firstMs: 100, longestMs: 5000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tries, r) => {
          const full = Math.min(5000, 100 * 2 ** (tries - 1));
          const pause = pauseMs(settings, tries, r);
          return pause <= full && pause >= Math.floor(full / 2);
        },
      ),
    );
  });
});
