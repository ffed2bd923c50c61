import type { BlobType, PackedBlob } from './blob.ts';

/**
 * What lies in a pack, as bytes: what goes to threads and is compared must not be objects by the million. Each entry:
 * type (0 data, 1 tree), offset, length, uncompressed length (0: not compressed) as 32-bit little-endian, and the id.
 */
export const ENTRY_BYTES = 45;
export const ENTRY_ID_AT = 13;

export function writeEntry(into: Buffer, at: number, blob: PackedBlob): void {
  into[at] = blob.type === 'tree' ? 1 : 0;
  into.writeUInt32LE(blob.offset, at + 1);
  into.writeUInt32LE(blob.length, at + 5);
  into.writeUInt32LE(blob.uncompressedLength ?? 0, at + 9);
  into.write(blob.id, at + ENTRY_ID_AT, 'hex');
}

export function encodeEntries(blobs: readonly PackedBlob[]): Buffer {
  const entries = Buffer.alloc(blobs.length * ENTRY_BYTES);
  for (const [which, blob] of blobs.entries()) writeEntry(entries, which * ENTRY_BYTES, blob);
  return entries;
}

/** The entry that begins at byte `at`. */
export function readEntry(entries: Buffer, at: number): PackedBlob {
  const uncompressed = entries.readUInt32LE(at + 9);
  return {
    type: entryType(entries, at),
    id: entries.toString('hex', at + ENTRY_ID_AT, at + ENTRY_BYTES),
    offset: entries.readUInt32LE(at + 1),
    length: entries.readUInt32LE(at + 5),
    uncompressedLength: uncompressed === 0 ? null : uncompressed,
  };
}

export function entryType(entries: Buffer, at: number): BlobType {
  return entries[at] === 1 ? 'tree' : 'data';
}
