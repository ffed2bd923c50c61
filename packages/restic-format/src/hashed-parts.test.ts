import { expect, it } from 'vitest';
import { isHashedAs, noteHash } from './hashed-parts.ts';

it('knows the hash of these parts, and of no others', () => {
  const parts = [Buffer.from('a'), Buffer.from('b')];
  expect(isHashedAs(parts, 'x')).toBe(false);
  noteHash(parts, 'x');
  expect(isHashedAs(parts, 'x')).toBe(true);
  expect(isHashedAs(parts, 'y')).toBe(false);
  expect(isHashedAs([...parts], 'x')).toBe(false);
});
