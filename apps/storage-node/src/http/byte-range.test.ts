import { describe, expect, it } from 'vitest';
import { parseRange } from './byte-range.ts';

describe('parseRange', () => {
  it.each([
    ['bytes=0-', 0, 100],
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 10],
    ['bytes=90-200', 90, 10],
    ['bytes=99-', 99, 1],
    ['bytes=-10', 90, 10],
    ['bytes=-1000', 0, 100],
  ])('%s of 100 bytes', (header, offset, length) => {
    expect(parseRange(header, 100)).toEqual({ kind: 'part', offset, length });
  });

  it.each([
    'bytes=100-',
    'bytes=100-200',
    'bytes=20-10',
    'bytes=-0',
    'bytes=-',
    'bytes=a-b',
    'bytes=0-1,5-6',
    'lines=1-2',
    '',
  ])('"%s" of 100 bytes is refused', (header) => {
    expect(() => parseRange(header, 100)).toThrow(expect.objectContaining({ code: 'bad-range' }));
  });

  it('is the whole file without a header, and for an empty file', () => {
    expect(parseRange(undefined, 100)).toEqual({ kind: 'whole' });
    expect(parseRange('bytes=0-', 0)).toEqual({ kind: 'whole' });
  });
});
