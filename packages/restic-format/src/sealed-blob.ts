import { hash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { type BlobHandle, type BlobType, MAX_BLOB_BYTES } from './blob.ts';
import { open, type RepositoryKey, seal } from './crypto.ts';
import { compress, decompress } from './zstd.ts';

/** A blob as it lies in a pack. */
export interface SealedBlob extends BlobHandle {
  bytes: Buffer;
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
): SealedBlob {
  // Zero means "not compressed" in headers, so an empty blob cannot be.
  const compressed = version === 2 && plaintext.length > 0;
  const bytes = seal(key, compressed ? compress(plaintext) : plaintext);
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
  let plaintext = open(key, sealed);
  if (plaintext === null) return { ok: false, reason: 'its authentication code does not match' };
  if (expected.uncompressedLength !== null) {
    if (expected.uncompressedLength > MAX_BLOB_BYTES) return { ok: false, reason: 'its length is absurd' };
    plaintext = decompress(plaintext, expected.uncompressedLength);
    if (plaintext === null) return { ok: false, reason: 'it does not decompress' };
  }
  if (blobId(plaintext) !== expected.id) return { ok: false, reason: 'its hash is another' };
  return { ok: true, plaintext };
}
