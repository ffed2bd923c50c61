import type { BlobHandle, BlobLocation, BlobType, PackedBlob } from './blob.ts';

/** Which pack holds which blob. */
export interface BlobIndex {
  /** Entries; a blob in two packs counts twice. */
  readonly size: number;
  has(type: BlobType, id: string): boolean;
  lookup(type: BlobType, id: string): BlobLocation | undefined;
  /** Every place the blob lies in. */
  lookupAll(type: BlobType, id: string): BlobLocation[];
  /** Known packs, with what the index says lies in them (by offset). */
  packs(): Iterable<{ packId: string; blobs: PackedBlob[] }>;
  blobs(): Iterable<BlobHandle & BlobLocation>;
}
