import { expect, test } from 'vitest';
import { formatBytes } from './format-bytes.ts';

const plain = (bytes: number) => formatBytes(bytes, 'en').replace('\u00a0', ' ');

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [12_345, '12.3 kB'],
  [123_456, '123 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [84_000_000, '84 MB'],
  [1_200_000_000, '1.2 GB'],
  [3.2e15, '3.2 PB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(plain(bytes)).toBe(text);
});

test('the number and its unit cannot be parted by a line break', () => {
  expect(formatBytes(5000, 'zh-CN')).toBe('5\u00a0kB');
});
