import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newestOnly } from './newest-only.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('sends the first at once and then only the newest of each interval', () => {
  const sent: [string, number][] = [];
  const throttle = newestOnly<number>(250, (key, value) => sent.push([key, value]));
  throttle.offer('a', 1);
  throttle.offer('a', 2);
  throttle.offer('a', 3);
  throttle.offer('b', 10);
  expect(sent).toEqual([
    ['a', 1],
    ['b', 10],
  ]);
  vi.advanceTimersByTime(250);
  expect(sent.at(-1)).toEqual(['a', 3]);
  throttle.offer('a', 4);
  expect(sent).toHaveLength(3);
  vi.advanceTimersByTime(250);
  expect(sent.at(-1)).toEqual(['a', 4]);
});

it('never exceeds four a second however many are offered', () => {
  let count = 0;
  const throttle = newestOnly<number>(250, () => {
    count += 1;
  });
  for (let ms = 0; ms < 1000; ms += 10) {
    throttle.offer('run', ms);
    vi.advanceTimersByTime(10);
  }
  expect(count).toBeLessThanOrEqual(5);
  expect(count).toBeGreaterThanOrEqual(4);
});

it('sends nothing more for a key that was dropped', () => {
  const sent: number[] = [];
  const throttle = newestOnly<number>(250, (_key, value) => sent.push(value));
  throttle.offer('a', 1);
  throttle.offer('a', 2);
  throttle.drop('a');
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([1]);
});
