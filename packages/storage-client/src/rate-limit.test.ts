import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

it('spaces out what goes over the line, whoever asks, and saves up little', () => {
  let now = 10_000;
  const limit = new RateLimit(1000, () => now);
  // What was not used before counts for a tenth of a second.
  expect(limit.take(100)).toBe(0);
  expect(limit.take(500)).toBe(0);
  expect(limit.take(500)).toBe(500);
  now += 500;
  expect(limit.take(1000)).toBe(500);
  now += 60_000;
  expect(limit.take(1000)).toBe(0);
  expect(limit.take(1)).toBe(900);
});

it.each([
  [1024, 512],
  [100_000, 25_000],
  [100_000_000, 131_072],
])('sends %i bytes a second in slices of %i', (rate, slice) => {
  expect(new RateLimit(rate).sliceBytes).toBe(slice);
});
