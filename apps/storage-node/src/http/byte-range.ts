import { Failure } from '@breakwater/domain/failure';

export type ByteRange = { kind: 'whole' } | { kind: 'part'; offset: number; length: number };

/**
 * One range of a `Range` header against a file of `size` bytes (RFC 9110, section 14). A range that ends after
 * the file is cut there; one that is malformed, multiple, or begins after the end is a `bad-range`.
 */
export function parseRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined || size === 0) return { kind: 'whole' };
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) throw badRange(header, size);
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw badRange(header, size);
    return { kind: 'part', offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (offset >= size || end < offset) throw badRange(header, size);
  return { kind: 'part', offset, length: end - offset + 1 };
}

function badRange(header: string, size: number): Failure {
  return new Failure('bad-range', `The range is "${header.slice(0, 100)}": the file has ${size} bytes.`);
}
