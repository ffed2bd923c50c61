import { hash } from 'node:crypto';
import { CRYPTO_OVERHEAD, MAX_BLOB_BYTES } from './blob.ts';
import { openInto, type RepositoryKey } from './crypto.ts';
import { ENTRY_BYTES, ENTRY_ID_AT } from './packed-entries.ts';
import { ZstdDecompressor } from './zstd-decompressor.ts';

/** Larger blobs get memory of their own, which goes again. */
const KEPT_BYTES = 9 * 1024 * 1024;

/**
 * Opens blobs one after the other in memory that is used again: making and clearing memory for each would cost as
 * much as hashing it.
 */
export class BlobVerifier {
  readonly #key: RepositoryKey;
  readonly #decompressor = new ZstdDecompressor();
  #opened = Buffer.allocUnsafeSlow(0);
  #plain = Buffer.allocUnsafeSlow(0);

  constructor(key: RepositoryKey) {
    this.#key = key;
  }

  /**
   * Decrypts, decompresses and hashes the blob that the entry at byte `at` (see packed-entries.ts) says lies in
   * `bytes`. The plaintext is good until the next call.
   */
  open(
    bytes: Uint8Array,
    entries: Buffer,
    at: number,
  ): { ok: true; plaintext: Buffer } | { ok: false; reason: string } {
    const offset = entries.readUInt32LE(at + 1);
    const length = entries.readUInt32LE(at + 5);
    const uncompressed = entries.readUInt32LE(at + 9);
    if (offset + length > bytes.length) return { ok: false, reason: 'the pack ends before it does' };
    if (uncompressed > MAX_BLOB_BYTES) return { ok: false, reason: 'its length is absurd' };
    this.#opened = roomFor(this.#opened, length);
    const opened = this.#opened.subarray(0, length - CRYPTO_OVERHEAD);
    if (!openInto(this.#key, bytes.subarray(offset, offset + length), opened)) {
      return { ok: false, reason: 'its authentication code does not match' };
    }
    let plaintext = opened;
    if (uncompressed > 0) {
      this.#plain = roomFor(this.#plain, uncompressed);
      plaintext = this.#plain.subarray(0, uncompressed);
      if (!this.#decompressor.decompressInto(opened, plaintext)) {
        return { ok: false, reason: 'it does not decompress' };
      }
    }
    // One character a byte: compared at once, without two strings of hex digits.
    const id = entries.toString('binary', at + ENTRY_ID_AT, at + ENTRY_BYTES);
    if (hash('sha256', plaintext, 'binary') !== id) return { ok: false, reason: 'its hash is another' };
    return { ok: true, plaintext };
  }
}

function roomFor(memory: Buffer<ArrayBuffer>, bytes: number): Buffer<ArrayBuffer> {
  if (memory.length >= bytes && memory.length <= KEPT_BYTES) return memory;
  // By powers of two, so that growing blobs do not make new memory each time.
  const size =
    bytes >= KEPT_BYTES ? bytes : Math.min(KEPT_BYTES, 2 ** Math.ceil(Math.log2(Math.max(bytes, 65_536))));
  return Buffer.allocUnsafeSlow(size);
}
