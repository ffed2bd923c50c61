import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LeastPace, RateLimit } from './rate-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limitOf = (rate: number | null) => new RateLimit(rate, () => Date.now());
/** When these bytes went, ms after now. */
const goneAt = async (going: Promise<unknown>): Promise<number> => {
  const began = Date.now();
  let at: number | null = null;
  void going.then(() => {
    at = Date.now() - began;
  });
  for (let tries = 0; at === null && tries < 100_000; tries += 1) await vi.advanceTimersByTimeAsync(1);
  return at ?? Number.NaN;
};

it('spaces out what goes over the line, whoever asks, and saves up little', async () => {
  const limit = limitOf(1000);
  vi.advanceTimersByTime(10_000);
  // What was not used before counts for a tenth of a second.
  expect(await limit.turn(100)).toBe(0);
  expect(await limit.turn(500)).toBe(0);
  expect(await goneAt(limit.turn(500))).toBeCloseTo(500, -1);
  expect(await goneAt(limit.turn(1000))).toBeCloseTo(500, -1);
  vi.advanceTimersByTime(60_000);
  expect(await limit.turn(1000)).toBe(0);
  expect(await goneAt(limit.turn(1))).toBeCloseTo(900, -1);
});

it('lets those who wait go by the new rate when it is changed', async () => {
  const limit = limitOf(1000);
  const first = limit.turn(10_000);
  const second = goneAt(limit.turn(1));
  await first;
  await vi.advanceTimersByTimeAsync(1000);
  // 9000 of 10000 are left.
  limit.bytesPerSecond = 9000;
  expect(await second).toBeCloseTo(2000, -1.2);
  const freed = goneAt(Promise.all([limit.turn(1_000_000), limit.turn(1)]));
  await vi.advanceTimersByTimeAsync(50);
  limit.bytesPerSecond = null;
  expect(await freed).toBeLessThan(60);
  expect(await limit.turn(1e12)).toBe(0);
  // What went while there was no limit is no debt.
  limit.bytesPerSecond = 1000;
  expect(await limit.turn(1)).toBe(0);
  expect(limit.hasHeld(1)).toBe(false);
});

it('keeps nobody waiting whose request is over', async () => {
  const limit = limitOf(1);
  const over = new AbortController();
  await limit.turn(1000);
  const waiting = goneAt(limit.turn(1, over.signal));
  await vi.advanceTimersByTimeAsync(30);
  expect(limit.hasHeld(100)).toBe(true);
  over.abort();
  expect(await waiting).toBeLessThan(40);
});

it('of several limits, goes by the least', async () => {
  const [wide, narrow] = [limitOf(100_000), limitOf(1000)];
  const both = new LeastPace([wide, narrow, limitOf(null)]);
  expect(both.sliceBytes).toBe(narrow.sliceBytes);
  await both.turn(1000);
  expect(await goneAt(both.turn(1))).toBeCloseTo(1000, -1.5);
});

it.each([
  [1024, 512],
  [100_000, 10_000],
  [100_000_000, 131_072],
  [null, 131_072],
])('sends %j bytes a second in slices of %i', (rate, slice) => {
  expect(new RateLimit(rate).sliceBytes).toBe(slice);
});
