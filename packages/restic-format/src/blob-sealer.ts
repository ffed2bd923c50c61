import { Failure } from '@breakwater/domain/failure';
import { type BlobType, CRYPTO_OVERHEAD } from './blob.ts';
import { type RepositoryKey, sealInto } from './crypto.ts';
import { BlobOpener } from './sealed-blob.ts';
import { compressedBound, ZstdCompressor } from './zstd-compressor.ts';

/** Bytes that a blob of so many plaintext bytes may need while it is sealed. */
export function sealedBound(plaintextBytes: number): number {
  return compressedBound(plaintextBytes) + CRYPTO_OVERHEAD;
}

/** Seals one blob after the other into memory at hand, with contexts and memory that it uses again. */
export class BlobSealer {
  readonly #key: RepositoryKey;
  readonly #version: 1 | 2;
  readonly #opener: BlobOpener;
  #compressor: ZstdCompressor | null = null;

  constructor(key: RepositoryKey, version: 1 | 2) {
    this.#key = key;
    this.#version = version;
    this.#opener = new BlobOpener(key);
  }

  /**
   * As `sealBlob`, to the beginning of `target` (`sealedBound` bytes or more; it must not be where the plaintext
   * lies). Returns the sealed length. Throws `internal` when what came out does not open.
   */
  sealInto(
    type: BlobType,
    plaintext: Uint8Array,
    id: string,
    target: Buffer,
  ): { length: number; uncompressedLength: number | null } {
    // Zero means "not compressed" in headers, so an empty blob cannot be.
    const compressed = this.#version === 2 && plaintext.length > 0;
    let length = plaintext.length + CRYPTO_OVERHEAD;
    if (compressed) {
      this.#compressor ??= new ZstdCompressor();
      const stored = target.subarray(NONCE_BYTES);
      const storedLength = this.#compressor.compressInto(plaintext, stored);
      length = storedLength + CRYPTO_OVERHEAD;
      sealInto(this.#key, stored.subarray(0, storedLength), target.subarray(0, length));
    } else {
      sealInto(this.#key, plaintext, target.subarray(0, length));
    }
    const uncompressedLength = compressed ? plaintext.length : null;
    const opened = this.#opener.open(target.subarray(0, length), { type, id, uncompressedLength });
    if (opened.ok) return { length, uncompressedLength };
    throw new Failure(
      'internal',
      `the ${type} blob ${id} came out damaged (${opened.reason}): this machine's memory or processor cannot be trusted`,
    );
  }
}

const NONCE_BYTES = 16;
