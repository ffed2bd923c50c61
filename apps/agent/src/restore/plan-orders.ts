import type { BlobLocation } from '@breakwater/restic-format/blob';
import type { Destination } from './file-in-work.ts';

export interface PlannedBlob {
  id: string;
  location: BlobLocation;
  places: Destination[];
}

/** What is read from a pack at once. */
export interface PlannedRead {
  packId: string;
  /** Bytes of the pack. */
  offset: number;
  length: number;
  /** By offset. */
  blobs: PlannedBlob[];
}

/** Bytes between two wanted blobs that are cheaper to read than to ask again. */
const MAX_GAP_BYTES = 512 * 1024;
/** A larger blob is read alone. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
const MAX_PIECES = 2048;

/** The reads that get these blobs of one pack, in its order. */
export function* planReads(packId: string, blobs: readonly PlannedBlob[]): Generator<PlannedRead> {
  let read: PlannedRead | null = null;
  let pieces = 0;
  for (const blob of blobs.toSorted((a, b) => a.location.offset - b.location.offset)) {
    const { offset, length } = blob.location;
    if (read !== null) {
      const end = read.offset + read.length;
      const fits =
        offset - end <= MAX_GAP_BYTES &&
        offset + length - read.offset <= MAX_READ_BYTES &&
        pieces + blob.places.length <= MAX_PIECES;
      if (!fits) {
        yield read;
        read = null;
      }
    }
    if (read === null) {
      read = { packId, offset, length: 0, blobs: [] };
      pieces = 0;
    }
    read.blobs.push(blob);
    read.length = Math.max(read.length, offset + length - read.offset);
    pieces += blob.places.length;
  }
  if (read !== null) yield read;
}
