import { expect, test } from 'vitest';
import { durationParts } from './format-duration.ts';

const text = (seconds: number) =>
  durationParts(seconds)
    .map(({ unit, value }) => `${value} ${unit}`)
    .join(' ');

test.each([
  [0, '0 seconds'],
  [0.0002, '1 milliseconds'],
  [0.25, '250 milliseconds'],
  [0.9999, '1 seconds'],
  [4.27, '4.3 seconds'],
  [9.96, '10 seconds'],
  [59.6, '1 minutes'],
  [252, '4 minutes 12 seconds'],
  [3599.7, '1 hours'],
  [3725, '1 hours 2 minutes'],
  [86_399, '1 days'],
  [90_000, '1 days 1 hours'],
  [10 * 86_400 + 200, '10 days'],
])('%d s is %s', (seconds, expected) => {
  expect(text(seconds)).toBe(expected);
});

test('a negative duration is none', () => {
  expect(text(-5)).toBe('0 seconds');
});
