/// <reference path="./sodium-native.d.ts" />
import {
  type Cipheriv,
  createCipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
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
 * Making a cipher costs 9 µs in Node 24 (19 µs when the key is no KeyObject), as much as encrypting 30 KiB. Up to
 * this size the key stream comes from one AES-ECB cipher per key that stays open, and is applied here.
 */
const SMALL_BYTES = 8 * 1024;

interface KeySchedule {
  encrypt: KeyObject;
  /** AES-256 of single blocks under `encrypt`. */
  blocks: Cipheriv;
  /** AES-128 of single blocks under `macK`. */
  nonces: Cipheriv;
  oneTimeKey: Buffer;
}

const schedules = new WeakMap<RepositoryKey, KeySchedule>();
const counterBlocks = Buffer.alloc(SMALL_BYTES);
const counterWords = new Int32Array(counterBlocks.buffer, counterBlocks.byteOffset, SMALL_BYTES / 4);
const mixed = Buffer.alloc(SMALL_BYTES);
const mixedWords = new Int32Array(mixed.buffer, mixed.byteOffset, SMALL_BYTES / 4);
const stream = Buffer.alloc(SMALL_BYTES);
const streamWords = new Int32Array(stream.buffer, stream.byteOffset, SMALL_BYTES / 4);
const computedMac = Buffer.alloc(MAC_BYTES);

function scheduleOf(key: RepositoryKey): KeySchedule {
  let schedule = schedules.get(key);
  if (schedule === undefined) {
    const oneTimeKey = Buffer.alloc(32);
    key.macR.copy(oneTimeKey);
    schedule = {
      encrypt: createSecretKey(key.encrypt),
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
  applyKeyStream(key, nonce, plaintext, ciphertext);
  authenticate(key, nonce, ciphertext, sealed.subarray(sealed.length - MAC_BYTES));
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
  authenticate(key, nonce, ciphertext, computedMac);
  if (!timingSafeEqual(computedMac, sealed.subarray(sealed.length - MAC_BYTES))) return false;
  applyKeyStream(key, nonce, ciphertext, plaintext);
  return true;
}

function authenticate(key: RepositoryKey, nonce: Uint8Array, ciphertext: Uint8Array, mac: Buffer): void {
  const { nonces, oneTimeKey } = scheduleOf(key);
  oneTimeKey.set(nonces.update(nonce), 16);
  sodium.crypto_onetimeauth(mac, ciphertext, oneTimeKey);
}

/** Both directions of CTR. `input` and `output` have one length; they are the same bytes or do not overlap. */
function applyKeyStream(key: RepositoryKey, nonce: Uint8Array, input: Uint8Array, output: Buffer): void {
  if (input.length === 0) return;
  if (input.length > SMALL_BYTES) {
    const cipher = createCipheriv('aes-256-ctr', scheduleOf(key).encrypt, nonce);
    // Larger pieces fall out of the processor's cache between encryption and copy.
    const step = 128 * 1024;
    for (let at = 0; at < input.length; at += step) {
      const piece = cipher.update(input.subarray(at, Math.min(at + step, input.length)));
      output.set(piece, at);
      // Given back at once it is used again for the next piece, still in the cache. Left to the collector, which
      // comes when there are 64 MiB of them, it costs as much again as the cipher.
      if (piece.buffer instanceof ArrayBuffer && piece.length === piece.buffer.byteLength) {
        piece.buffer.transfer(0);
      }
    }
    return;
  }
  const blockBytes = Math.ceil(input.length / 16) * 16;
  fillCounters(blockBytes / 16, nonce);
  stream.set(scheduleOf(key).blocks.update(counterBlocks.subarray(0, blockBytes)));
  mixed.set(input);
  for (let word = 0; word < blockBytes / 4; word += 1) {
    mixedWords[word] = (mixedWords[word] as number) ^ (streamWords[word] as number);
  }
  output.set(mixed.subarray(0, input.length));
}

/** The nonce, counted up by one a block as a 128-bit big-endian number. */
function fillCounters(count: number, nonce: Uint8Array): void {
  counterBlocks.set(nonce);
  const [a = 0, b = 0, c = 0] = counterWords;
  const first = counterBlocks.readUInt32BE(12);
  for (let block = 1; block < count; block += 1) {
    const low = (first + block) >>> 0;
    const at = block * 4;
    counterWords[at] = a;
    counterWords[at + 1] = b;
    counterWords[at + 2] = c;
    counterBlocks.writeUInt32BE(low, block * 16 + 12);
    // Once in four million nonces the low word runs over.
    if (low < first) carry(block);
  }
}

/** Adds one to the upper 96 bits of a counter block. */
function carry(block: number): void {
  for (const at of [8, 4, 0]) {
    const next = (counterBlocks.readUInt32BE(block * 16 + at) + 1) >>> 0;
    counterBlocks.writeUInt32BE(next, block * 16 + at);
    if (next !== 0) return;
  }
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
