/// <reference path="./sodium-native.d.ts" />
import { type Cipheriv, createCipheriv, randomFillSync, timingSafeEqual } from 'node:crypto';
import sodium from 'sodium-native';
import { CRYPTO_OVERHEAD } from './blob.ts';

const NONCE_BYTES = 16;
const MAC_BYTES = 16;

/** The master key of a repository, or the key derived from a password. */
export interface RepositoryKey {
  /** AES-256-CTR. */
  readonly encrypt: Buffer;
  /** AES-128 key that turns the nonce into Poly1305's one-time pad. */
  readonly macK: Buffer;
  /** Poly1305's multiplier. */
  readonly macR: Buffer;
}

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

/**
 * Making a cipher costs 19 µs in Node 24, as much as encrypting 64 KiB. Up to this size the key stream comes from
 * one AES-ECB cipher per key that stays open, and is applied here.
 */
const SMALL_BYTES = 16 * 1024;

interface KeySchedule {
  /** AES-256 of single blocks under `encrypt`. */
  blocks: Cipheriv;
  /** AES-128 of single blocks under `macK`. */
  nonces: Cipheriv;
  oneTimeKey: Buffer;
}

const schedules = new WeakMap<RepositoryKey, KeySchedule>();
const counterBlocks = Buffer.alloc(SMALL_BYTES);
const computedMac = Buffer.alloc(MAC_BYTES);

function scheduleOf(key: RepositoryKey): KeySchedule {
  let schedule = schedules.get(key);
  if (schedule === undefined) {
    const oneTimeKey = Buffer.alloc(32);
    key.macR.copy(oneTimeKey);
    schedule = {
      blocks: createCipheriv('aes-256-ecb', key.encrypt, null).setAutoPadding(false),
      nonces: createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false),
      oneTimeKey,
    };
    schedules.set(key, schedule);
  }
  return schedule;
}

/** nonce ‖ AES-256-CTR(plaintext) ‖ Poly1305-AES, 32 bytes longer than the plaintext. */
export function seal(key: RepositoryKey, plaintext: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plaintext.length + CRYPTO_OVERHEAD);
  const nonce = sealed.subarray(0, NONCE_BYTES);
  // An all-zero nonce means a broken random source; restic refuses to read such a file.
  do randomFillSync(nonce);
  while (nonce.every((byte) => byte === 0));
  const ciphertext = sealed.subarray(NONCE_BYTES, sealed.length - MAC_BYTES);
  applyKeyStream(key, nonce, plaintext, ciphertext);
  authenticate(key, nonce, ciphertext, sealed.subarray(sealed.length - MAC_BYTES));
  return sealed;
}

/** The plaintext, or null when the MAC does not match (wrong key, or changed bytes). */
export function open(key: RepositoryKey, sealed: Uint8Array): Buffer | null {
  if (sealed.length < CRYPTO_OVERHEAD) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  if (nonce.every((byte) => byte === 0)) return null;
  const ciphertext = sealed.subarray(NONCE_BYTES, sealed.length - MAC_BYTES);
  authenticate(key, nonce, ciphertext, computedMac);
  if (!timingSafeEqual(computedMac, sealed.subarray(sealed.length - MAC_BYTES))) return null;
  const plaintext = Buffer.allocUnsafeSlow(ciphertext.length);
  applyKeyStream(key, nonce, ciphertext, plaintext);
  return plaintext;
}

function authenticate(key: RepositoryKey, nonce: Uint8Array, ciphertext: Uint8Array, mac: Buffer): void {
  const { nonces, oneTimeKey } = scheduleOf(key);
  oneTimeKey.set(nonces.update(nonce), 16);
  sodium.crypto_onetimeauth(mac, ciphertext, oneTimeKey);
}

/** Both directions of CTR. `input` and `output` have one length and do not overlap. */
function applyKeyStream(key: RepositoryKey, nonce: Uint8Array, input: Uint8Array, output: Buffer): void {
  if (input.length === 0) return;
  if (input.length > SMALL_BYTES) {
    const cipher = createCipheriv('aes-256-ctr', key.encrypt, nonce);
    // Larger pieces fall out of the processor's cache between encryption and copy.
    const step = 256 * 1024;
    for (let at = 0; at < input.length; at += step) {
      output.set(cipher.update(input.subarray(at, Math.min(at + step, input.length))), at);
    }
    return;
  }
  const blocks = counterBlocks.subarray(0, Math.ceil(input.length / 16) * 16);
  fillCounters(blocks, nonce);
  const stream = scheduleOf(key).blocks.update(blocks);
  for (let at = 0; at < input.length; at += 1) {
    output[at] = (input[at] as number) ^ (stream[at] as number);
  }
}

/** The nonce, counted up by one a block as a 128-bit big-endian number. */
function fillCounters(blocks: Buffer, nonce: Uint8Array): void {
  const start = Buffer.from(nonce.buffer, nonce.byteOffset, NONCE_BYTES);
  const words = [0, 4, 8, 12].map((at) => start.readUInt32BE(at));
  let [a = 0, b = 0, c = 0, d = 0] = words;
  for (let at = 0; at < blocks.length; at += 16) {
    blocks.writeUInt32BE(a, at);
    blocks.writeUInt32BE(b, at + 4);
    blocks.writeUInt32BE(c, at + 8);
    blocks.writeUInt32BE(d, at + 12);
    d = (d + 1) >>> 0;
    if (d !== 0) continue;
    c = (c + 1) >>> 0;
    if (c !== 0) continue;
    b = (b + 1) >>> 0;
    if (b === 0) a = (a + 1) >>> 0;
  }
}
