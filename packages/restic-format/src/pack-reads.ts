import type { PackedBlob } from './blob.ts';

/** Neighbouring blobs of one pack that are read together. */
export interface PackRead {
  packId: string;
  /** Where in the pack the read begins, and how many bytes it has. */
  offset: number;
  length: number;
  /** By offset; offsets count from the beginning of the pack. */
  blobs: PackedBlob[];
}

/** Bytes between two wanted blobs that are cheaper to read than to ask again. */
const DATA_GAP_BYTES = 1024 * 1024;
/** Trees of one pack are asked for level by level: what lies between them is mostly wanted another time. */
const TREE_GAP_BYTES = 64 * 1024;
/** A larger blob is read alone. */
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** The reads that get these blobs of one pack. */
export function planPackReads(packId: string, blobs: readonly PackedBlob[]): PackRead[] {
  const reads: PackRead[] = [];
  let read: PackRead | null = null;
  const maxGap = blobs[0]?.type === 'tree' ? TREE_GAP_BYTES : DATA_GAP_BYTES;
  for (const blob of blobs.toSorted((a, b) => a.offset - b.offset)) {
    const end = blob.offset + blob.length;
    const fits =
      read !== null &&
      blob.offset - (read.offset + read.length) <= maxGap &&
      end - read.offset <= MAX_READ_BYTES;
    if (read === null || !fits) {
      read = { packId, offset: blob.offset, length: 0, blobs: [] };
      reads.push(read);
    }
    read.blobs.push(blob);
    read.length = Math.max(read.length, end - read.offset);
  }
  return reads;
}
