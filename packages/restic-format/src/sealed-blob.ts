import { hash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { type BlobHandle, type BlobType, CRYPTO_OVERHEAD, MAX_BLOB_BYTES } from './blob.ts';
import { MAX_CHUNK_BYTES } from './chunker.ts';
import { openInto as decryptInto, type RepositoryKey, seal } from './crypto.ts';
import { compress, decompress } from './zstd.ts';
import { compressedBound, ZstdCompressor } from './zstd-compressor.ts';
import { ZstdDecompressor } from './zstd-decompressor.ts';

/** A blob as it lies in a pack. */
export interface SealedBlob extends BlobHandle {
  bytes: Uint8Array;
  uncompressedLength: number | null;
}

export function blobId(plaintext: Uint8Array): string {
  return hash('sha256', plaintext, 'hex');
}

/**
 * Compresses (format version 2), encrypts, then decrypts, decompresses and hashes again: bad memory must not make a
 * backup that cannot be read. Throws `internal` when that fails.
 */
export function sealBlob(
  key: RepositoryKey,
  version: 1 | 2,
  type: BlobType,
  plaintext: Uint8Array,
  id: string,
): SealedBlob & { bytes: Buffer } {
  // Zero means "not compressed" in headers, so an empty blob cannot be.
  const compressed = version === 2 && plaintext.length > 0;
  const bytes = seal(key, compressed ? compressedCopy(plaintext) : plaintext);
  const uncompressedLength = compressed ? plaintext.length : null;
  const opened = openBlob(key, bytes, { type, id, uncompressedLength });
  if (!opened.ok) {
    throw new Failure(
      'internal',
      `the ${type} blob ${id} came out damaged (${opened.reason}): this machine's memory or processor cannot be trusted`,
    );
  }
  return { type, id, bytes, uncompressedLength };
}

export type OpenedBlob = { ok: true; plaintext: Buffer } | { ok: false; reason: string };

/** Decrypts, decompresses and checks the hash. */
export function openBlob(
  key: RepositoryKey,
  sealed: Uint8Array,
  expected: BlobHandle & { uncompressedLength: number | null },
): OpenedBlob {
  return openInto(key, sealed, expected, (bytes) => Buffer.allocUnsafeSlow(bytes));
}

/** Opens one blob after the other in memory that it uses again. */
export class BlobOpener {
  readonly #key: RepositoryKey;
  #space = Buffer.alloc(0);

  constructor(key: RepositoryKey) {
    this.#key = key;
  }

  /** As `openBlob`, but the plaintext is good only until the next call. */
  open(sealed: Uint8Array, expected: BlobHandle & { uncompressedLength: number | null }): OpenedBlob {
    return openInto(this.#key, sealed, expected, (bytes) => {
      if (bytes > this.#space.length) this.#space = spaceFor(bytes);
      return this.#space.subarray(0, bytes);
    });
  }
}

let compressor: ZstdCompressor | null = null;
let frameSpace = Buffer.alloc(0);

/**
 * To be used again, for what is larger, too: memory that is not written to takes none, while a space that grows bit by
 * bit leaves holes.
 */
function spaceFor(bytes: number): Buffer<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(Math.max(bytes, compressedBound(MAX_CHUNK_BYTES)));
}

/** Good until the next call. */
function compressedCopy(plaintext: Uint8Array): Uint8Array {
  const room = compressedBound(plaintext.length);
  if (room > TRUSTED_BYTES) return compress(plaintext);
  if (room > frameSpace.length) frameSpace = spaceFor(room);
  compressor ??= new ZstdCompressor();
  return frameSpace.subarray(0, compressor.compressInto(plaintext, frameSpace));
}

/** Beyond it the claimed length is not believed before it is seen. */
const TRUSTED_BYTES = 16 * 1024 * 1024;

let decompressor: ZstdDecompressor | null = null;
/** What was decrypted and is not decompressed yet. */
let storedSpace = Buffer.alloc(0);

function openInto(
  key: RepositoryKey,
  sealed: Uint8Array,
  { id, uncompressedLength }: { id: string; uncompressedLength: number | null },
  space: (bytes: number) => Buffer,
): OpenedBlob {
  const storedLength = sealed.length - CRYPTO_OVERHEAD;
  if (storedLength < 0) return { ok: false, reason: 'it is too short' };
  let plaintext: Buffer;
  if (uncompressedLength === null) {
    plaintext = space(storedLength);
    if (!decryptInto(key, sealed, plaintext)) return { ok: false, reason: WRONG_CODE };
  } else {
    if (uncompressedLength > MAX_BLOB_BYTES) return { ok: false, reason: 'its length is absurd' };
    const stored = spaceForStored(storedLength);
    if (!decryptInto(key, sealed, stored)) return { ok: false, reason: WRONG_CODE };
    const decompressed = decompressStored(stored, uncompressedLength, space);
    if (decompressed === null) return { ok: false, reason: 'it does not decompress' };
    plaintext = decompressed;
  }
  if (blobId(plaintext) !== id) return { ok: false, reason: 'its hash is another' };
  return { ok: true, plaintext };
}

const WRONG_CODE = 'its authentication code does not match';

function spaceForStored(bytes: number): Buffer {
  if (bytes > TRUSTED_BYTES) return Buffer.allocUnsafeSlow(bytes);
  if (bytes > storedSpace.length) storedSpace = spaceFor(bytes);
  return storedSpace.subarray(0, bytes);
}

function decompressStored(stored: Buffer, length: number, space: (bytes: number) => Buffer): Buffer | null {
  if (length > TRUSTED_BYTES) return decompress(stored, length);
  decompressor ??= new ZstdDecompressor();
  const plaintext = space(length);
  return decompressor.decompressInto(stored, plaintext) ? plaintext : null;
}
