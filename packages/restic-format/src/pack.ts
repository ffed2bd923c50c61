import { Failure } from '@breakwater/domain/failure';
import { type BlobType, CRYPTO_OVERHEAD, type PackedBlob } from './blob.ts';
import { open, type RepositoryKey, seal } from './crypto.ts';

/** Type (1), length (4), id (32). */
const PLAIN_ENTRY_BYTES = 37;
/** Type (1), length (4), uncompressed length (4), id (32). */
const COMPRESSED_ENTRY_BYTES = 41;
/** Little-endian length of the encrypted header, the pack's last bytes. */
const LENGTH_BYTES = 4;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** More blobs do not fit into a header that restic reads. */
export const MAX_PACK_BLOBS = Math.floor((MAX_HEADER_BYTES - CRYPTO_OVERHEAD) / COMPRESSED_ENTRY_BYTES);

/** What `readPackHeader` wants of a pack's end to find most headers in one read: 15 entries. */
export const EAGER_HEADER_BYTES = 15 * COMPRESSED_ENTRY_BYTES + CRYPTO_OVERHEAD + LENGTH_BYTES;

export function headerEntryBytes(isCompressed: boolean): number {
  return isCompressed ? COMPRESSED_ENTRY_BYTES : PLAIN_ENTRY_BYTES;
}

/** Size of the whole pack file that holds exactly these blobs. */
export function packSizeOf(blobs: Iterable<{ length: number; uncompressedLength: number | null }>): number {
  let size = CRYPTO_OVERHEAD + LENGTH_BYTES;
  for (const blob of blobs) {
    size += blob.length + headerEntryBytes(blob.uncompressedLength !== null);
  }
  return size;
}

/** Encrypted header and its length, to follow the blobs (which lie without gaps, in order). */
export function sealPackHeader(key: RepositoryKey, blobs: readonly PackedBlob[]): Buffer {
  const plain = encodePackHeader(blobs);
  const sealed = seal(key, plain);
  if (!open(key, sealed)?.equals(plain)) {
    throw new Failure('internal', "a pack's header came out damaged: this machine cannot be trusted");
  }
  const header = Buffer.allocUnsafe(sealed.length + LENGTH_BYTES);
  sealed.copy(header);
  header.writeUInt32LE(sealed.length, sealed.length);
  return header;
}

export function encodePackHeader(blobs: readonly PackedBlob[]): Buffer {
  const bytes = Buffer.alloc(blobs.length * COMPRESSED_ENTRY_BYTES);
  let at = 0;
  for (const blob of blobs) {
    const typeByte = (blob.type === 'tree' ? 1 : 0) + (blob.uncompressedLength === null ? 0 : 2);
    at = bytes.writeUInt8(typeByte, at);
    at = bytes.writeUInt32LE(blob.length, at);
    if (blob.uncompressedLength !== null) at = bytes.writeUInt32LE(blob.uncompressedLength, at);
    at += bytes.write(blob.id, at, 'hex');
  }
  return bytes.subarray(0, at);
}

/** Decrypted header → blobs with their offsets. Throws `pack-damaged` naming the pack. */
export function decodePackHeader(header: Buffer, packId: string): PackedBlob[] {
  const blobs: PackedBlob[] = [];
  let offset = 0;
  let at = 0;
  while (at < header.length) {
    const typeByte = header[at] ?? 255;
    const entryBytes = typeByte >= 2 ? COMPRESSED_ENTRY_BYTES : PLAIN_ENTRY_BYTES;
    if (typeByte > 3) throw damaged(packId, `a blob of unknown type ${typeByte}`);
    if (at + entryBytes > header.length) throw damaged(packId, 'a header that ends inside an entry');
    const type: BlobType = (typeByte & 1) === 1 ? 'tree' : 'data';
    const length = header.readUInt32LE(at + 1);
    if (length < CRYPTO_OVERHEAD) throw damaged(packId, `a blob of ${length} bytes`);
    const uncompressedLength = typeByte >= 2 ? header.readUInt32LE(at + 5) : null;
    const id = header.toString('hex', at + entryBytes - 32, at + entryBytes);
    blobs.push({ type, id, offset, length, uncompressedLength });
    offset += length;
    at += entryBytes;
  }
  return blobs;
}

export type PackTail =
  | { found: 'header'; blobs: PackedBlob[] }
  /** The header is longer than the bytes given: read this many from the end. */
  | { found: 'more'; bytesNeeded: number };

/**
 * The blobs of a pack from its last bytes (`tail`), checked against its size. Throws `pack-damaged` naming the pack.
 */
export function readPackHeader(
  key: RepositoryKey,
  packId: string,
  packBytes: number,
  tail: Buffer,
): PackTail {
  if (packBytes < CRYPTO_OVERHEAD + LENGTH_BYTES || tail.length < LENGTH_BYTES) {
    throw damaged(packId, `only ${packBytes} bytes`);
  }
  const headerBytes = tail.readUInt32LE(tail.length - LENGTH_BYTES);
  if (
    headerBytes <= CRYPTO_OVERHEAD ||
    headerBytes > packBytes - LENGTH_BYTES ||
    headerBytes > MAX_HEADER_BYTES
  ) {
    throw damaged(packId, `a header length of ${headerBytes} bytes`);
  }
  const bytesNeeded = headerBytes + LENGTH_BYTES;
  if (bytesNeeded > tail.length) return { found: 'more', bytesNeeded };
  const plain = open(key, tail.subarray(tail.length - bytesNeeded, tail.length - LENGTH_BYTES));
  if (plain === null) throw damaged(packId, 'a header whose authentication code does not match');
  const blobs = decodePackHeader(plain, packId);
  if (packSizeOf(blobs) !== packBytes) throw damaged(packId, 'a header that does not fit its size');
  return { found: 'header', blobs };
}

function damaged(packId: string, what: string): Failure {
  return new Failure('pack-damaged', `pack ${packId} has ${what}`);
}
