/** A blob is a piece of a file (`data`) or a directory listing (`tree`), named by the SHA-256 of its plaintext. */
export type BlobType = 'data' | 'tree';

export interface BlobHandle {
  type: BlobType;
  /** 64 lower-case hex digits. */
  id: string;
}

/** Where a blob lies inside its pack. Offsets and lengths are bytes of ciphertext (nonce and MAC included). */
export interface PackedBlob extends BlobHandle {
  offset: number;
  length: number;
  /** Plaintext bytes when the blob is compressed, otherwise null. */
  uncompressedLength: number | null;
}

export interface BlobLocation {
  packId: string;
  offset: number;
  length: number;
  uncompressedLength: number | null;
}

/** Nonce (16) and MAC (16) around every ciphertext. */
export const CRYPTO_OVERHEAD = 32;

/** Bytes of the blob's plaintext. */
export function plaintextLength(blob: { length: number; uncompressedLength: number | null }): number {
  return blob.uncompressedLength ?? blob.length - CRYPTO_OVERHEAD;
}

/** Sanity bound for one blob's plaintext: restic cuts files at 8 MiB; a tree this big holds over a million names. */
export const MAX_BLOB_BYTES = 500 * 1024 * 1024;

const idPattern = /^[0-9a-f]{64}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}
