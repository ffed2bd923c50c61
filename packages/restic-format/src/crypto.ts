import { randomFillSync, timingSafeEqual } from 'node:crypto';
import { CRYPTO_OVERHEAD } from './blob.ts';
import { cipherOf, type RepositoryKey } from './key-cipher.ts';

export type { RepositoryKey } from './key-cipher.ts';

const NONCE_BYTES = 16;
const MAC_BYTES = 16;

export function isValidKey(key: RepositoryKey): boolean {
  const parts = [key.encrypt, key.macK, key.macR];
  return (
    key.encrypt.length === 32 && parts.every((part) => part.length >= 16 && part.some((byte) => byte !== 0))
  );
}

/** A new master key. `r` is masked as the Poly1305 paper asks, which restic before 0.16 expects in the file. */
export function randomKey(): RepositoryKey {
  const bytes = randomFillSync(Buffer.alloc(64));
  return {
    encrypt: bytes.subarray(0, 32),
    macK: bytes.subarray(32, 48),
    macR: maskedR(bytes.subarray(48, 64)),
  };
}

/** Clears the bits of r that Poly1305 wants clear (top 4 of bytes 3, 7, 11, 15; low 2 of bytes 4, 8, 12). */
export function maskedR(r: Uint8Array): Buffer {
  const masked = Buffer.from(r);
  for (const at of [3, 7, 11, 15]) masked[at] = (masked[at] ?? 0) & 0x0f;
  for (const at of [4, 8, 12]) masked[at] = (masked[at] ?? 0) & 0xfc;
  return masked;
}

const computedMac = Buffer.alloc(MAC_BYTES);

/** nonce ‖ AES-256-CTR(plaintext) ‖ Poly1305-AES, 32 bytes longer than the plaintext. */
export function seal(key: RepositoryKey, plaintext: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plaintext.length + CRYPTO_OVERHEAD);
  sealInto(key, plaintext, sealed);
  return sealed;
}

/**
 * As `seal`, into memory at hand, `CRYPTO_OVERHEAD` bytes longer than the plaintext. The plaintext may lie in it
 * already, exactly where its ciphertext will (from byte 16 on), but nowhere else in it.
 */
export function sealInto(key: RepositoryKey, plaintext: Uint8Array, sealed: Buffer): void {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  do nextNonce(nonce);
  while (isZero(nonce));
  const ciphertext = sealed.subarray(NONCE_BYTES, sealed.length - MAC_BYTES);
  const cipher = cipherOf(key);
  cipher.crypt(nonce, plaintext, ciphertext);
  cipher.authenticate(nonce, ciphertext, sealed.subarray(sealed.length - MAC_BYTES));
}

/** The plaintext, or null when the MAC does not match (wrong key, or changed bytes). */
export function open(key: RepositoryKey, sealed: Uint8Array): Buffer | null {
  if (sealed.length < CRYPTO_OVERHEAD) return null;
  const plaintext = Buffer.allocUnsafeSlow(sealed.length - CRYPTO_OVERHEAD);
  return openInto(key, sealed, plaintext) ? plaintext : null;
}

/** As `open`, into memory at hand: `plaintext` is `CRYPTO_OVERHEAD` bytes shorter than `sealed`. */
export function openInto(key: RepositoryKey, sealed: Uint8Array, plaintext: Buffer): boolean {
  if (sealed.length < CRYPTO_OVERHEAD) return false;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  if (isZero(nonce)) return false;
  const ciphertext = sealed.subarray(NONCE_BYTES, sealed.length - MAC_BYTES);
  const cipher = cipherOf(key);
  cipher.authenticate(nonce, ciphertext, computedMac);
  if (!timingSafeEqual(computedMac, sealed.subarray(sealed.length - MAC_BYTES))) return false;
  cipher.crypt(nonce, ciphertext, plaintext);
  return true;
}

const randomPool = Buffer.alloc(4096);
let randomAt = randomPool.length;

function nextNonce(nonce: Buffer): void {
  if (randomAt === randomPool.length) {
    randomFillSync(randomPool);
    randomAt = 0;
  }
  randomPool.copy(nonce, 0, randomAt, randomAt + NONCE_BYTES);
  randomAt += NONCE_BYTES;
}

/** An all-zero nonce means a broken random source; restic refuses such a file. */
function isZero(nonce: Uint8Array): boolean {
  for (let at = 0; at < NONCE_BYTES; at += 1) if (nonce[at] !== 0) return false;
  return true;
}
