import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Chunker, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunker.ts';
import { degree, isIrreducible, modulo, randomPolynomial } from './polynomial.ts';

const polynomial = 0x3da3358b4dc173n;

function cuts(chunker: Chunker, bytes: Uint8Array, pieces: (at: number) => number): number[] {
  chunker.reset();
  const found: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + pieces(at));
    for (let cut = chunker.next(bytes, at, end); cut >= 0; cut = chunker.next(bytes, cut, end))
      found.push(cut);
    at = end;
  }
  return found;
}

/** Bits of the 64 bytes before `end`, modulo the polynomial. */
function fingerprint(bytes: Buffer, end: number): bigint {
  return modulo(BigInt(`0x${bytes.toString('hex', end - 64, end)}`), polynomial);
}

describe('Chunker', () => {
  const chunker = new Chunker(polynomial);
  const bytes = randomBytes(12 * 1024 * 1024);
  const whole = cuts(chunker, bytes, () => bytes.length);

  it('cuts only where the fingerprint ends in 20 zeros, or at the maximum', () => {
    expect(whole.length).toBeGreaterThan(2);
    let start = 0;
    for (const cut of whole) {
      const length = cut - start;
      expect(length).toBeGreaterThanOrEqual(MIN_CHUNK_BYTES);
      expect(length).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
      if (length < MAX_CHUNK_BYTES) expect(fingerprint(bytes, cut) & 0xfffffn).toBe(0n);
      start = cut;
    }
  });

  it.each([
    ['one byte short of the window', 63],
    ['exactly the window', 64],
    ['small', 1000],
    ['a read', 65_536],
    ['odd', 524_287],
  ])('cuts alike whatever the pieces: %s', (_name, size) => {
    expect(cuts(chunker, bytes, () => size)).toEqual(whole);
  });

  it('cuts alike for pieces of any mixture', () => {
    let seed = 1;
    const mixture = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 7 === 0 ? (seed % 300_000) + 1 : (seed % 130) + 1;
    };
    const part = bytes.subarray(0, 3 * 1024 * 1024);
    expect(cuts(chunker, part, mixture)).toEqual(whole.filter((cut) => cut <= part.length));
  });

  it('finds the same boundaries after an insertion', () => {
    const shifted = Buffer.concat([randomBytes(1234), bytes]);
    const found = new Set(cuts(chunker, shifted, () => shifted.length).map((cut) => cut - 1234));
    expect(whole.slice(-1).every((cut) => found.has(cut))).toBe(true);
  });

  it('cuts bytes that never match at the maximum', () => {
    const ones = Buffer.alloc(2 * MAX_CHUNK_BYTES + 5, 1);
    expect(fingerprint(ones, 64) & 0xfffffn).not.toBe(0n);
    expect(cuts(chunker, ones, () => 1_000_000)).toEqual([MAX_CHUNK_BYTES, 2 * MAX_CHUNK_BYTES]);
  });

  it('cuts zeros at the minimum', () => {
    const zeros = Buffer.alloc(MIN_CHUNK_BYTES * 2 + 1);
    expect(cuts(chunker, zeros, () => 4096)).toEqual([MIN_CHUNK_BYTES, 2 * MIN_CHUNK_BYTES]);
  });

  it('leaves a file below the minimum whole', () => {
    expect(cuts(chunker, bytes.subarray(0, MIN_CHUNK_BYTES - 1), () => 1000)).toEqual([]);
  });

  it('refuses a polynomial of another degree', () => {
    expect(() => new Chunker(7n)).toThrow(/degree 53, not 2/);
  });
});

describe('polynomials', () => {
  it('makes irreducible ones of degree 53', () => {
    const made = Array.from({ length: 5 }, randomPolynomial);
    for (const one of made) {
      expect(degree(one)).toBe(53);
      expect(isIrreducible(one)).toBe(true);
    }
    expect(new Set(made).size).toBe(5);
  });

  it('knows irreducible from reducible', () => {
    for (const good of [0b10n, 0b11n, 0b111n, 0b1011n, 0b10011n, 0x25b468838dcb75n, polynomial]) {
      expect(isIrreducible(good)).toBe(true);
    }
    for (const bad of [0n, 1n, 0b100n, 0b101n, 0b110n, 0b1111n, polynomial ^ 1n, polynomial << 1n]) {
      expect(isIrreducible(bad)).toBe(false);
    }
  });
});
