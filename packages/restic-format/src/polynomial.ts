import { randomBytes } from 'node:crypto';

/**
 * Polynomials over GF(2) as bit sets: bit i is the coefficient of x^i. The chunker needs one that is irreducible of
 * degree 53 (prime, and 53 + 8 bits fit into 64).
 */
export const CHUNKER_DEGREE = 53;

/** Degree of `p`; −1 for zero. */
export function degree(p: bigint): number {
  if (p === 0n) return -1;
  // Called a thousand times before a repository is open: a short string is made sooner than a long one.
  const hex = p.toString(16);
  return hex.length * 4 - 1 - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28);
}

export function modulo(dividend: bigint, divisor: bigint): bigint {
  const divisorDegree = degree(divisor);
  let rest = dividend;
  for (let at = degree(rest); at >= divisorDegree; at = degree(rest)) {
    rest ^= divisor << BigInt(at - divisorDegree);
  }
  return rest;
}

function multiplyModulo(a: bigint, b: bigint, divisor: bigint): bigint {
  let product = 0n;
  let shifted = a;
  for (let rest = b; rest > 0n; rest >>= 1n) {
    if (rest & 1n) product ^= shifted;
    shifted <<= 1n;
  }
  return modulo(product, divisor);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b];
  while (small !== 0n) [large, small] = [small, modulo(large, small)];
  return large;
}

/** Ben-Or's test: no factor of degree i divides p, which is gcd(p, x^(2^i) − x) = 1 for every i up to deg/2. */
export function isIrreducible(p: bigint): boolean {
  const half = Math.floor(degree(p) / 2);
  if (degree(p) < 1) return false;
  let power = 2n;
  for (let i = 1; i <= half; i += 1) {
    power = multiplyModulo(power, power, p);
    if (greatestCommonDivisor(p, power ^ 2n) !== 1n) return false;
  }
  return true;
}

/** A random irreducible polynomial of degree 53; about one candidate in 27 is one. */
export function randomPolynomial(): bigint {
  for (;;) {
    const candidate = (randomBytes(8).readBigUInt64LE() & ((1n << 54n) - 1n)) | (1n << 53n) | 1n;
    if (isIrreducible(candidate)) return candidate;
  }
}
