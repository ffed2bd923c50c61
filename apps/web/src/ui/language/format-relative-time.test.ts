import { expect, test } from 'vitest';
import { formatRelativeTime } from './format-relative-time.ts';

const now = Date.UTC(2026, 2, 1, 12);
const seen = (seconds: number) => formatRelativeTime(now + seconds * 1000, now, 'en');

test.each([
  [0, null],
  [-4, null],
  [4.9, null],
  [-14, '14 sec ago'],
  [14, 'in 14 sec'],
  [-59.9, '59 sec ago'],
  [-60, '1 min ago'],
  [-3600, '1 hr ago'],
  [-86_399, '23 hr ago'],
  [-86_400, '1 day ago'],
  [2 * 86_400, 'in 2 days'],
  [-400 * 86_400, '1 yr ago'],
])('%d s from now reads %s', (seconds, text) => {
  expect(seen(seconds)).toBe(text);
});

test('in Chinese', () => {
  expect(formatRelativeTime(now - 300_000, now, 'zh-CN')).toBe('5分钟前');
});
