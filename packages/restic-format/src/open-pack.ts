import { createHash } from 'node:crypto';
import type { BlobType, PackedBlob } from './blob.ts';
import type { RepositoryKey } from './crypto.ts';
import { noteHash } from './hashed-parts.ts';
import { MAX_PACK_BLOBS, sealPackHeader } from './pack.ts';
import type { SealedBlob } from './sealed-blob.ts';

export interface FinishedPack {
  packId: string;
  size: number;
  blobs: PackedBlob[];
  /** The file's bytes, in order; the first is the pack's own space. */
  parts: Buffer[];
}

/** A pack that is being filled, in memory at hand. */
export class OpenPack {
  readonly type: BlobType;
  readonly space: Buffer;
  /** Bytes so far, without the header. */
  size = 0;
  readonly #blobs: PackedBlob[] = [];

  constructor(type: BlobType, space: Buffer) {
    this.type = type;
    this.space = space;
  }

  get isEmpty(): boolean {
    return this.#blobs.length === 0;
  }

  isFull(packSize: number): boolean {
    return this.size >= packSize || this.#blobs.length >= MAX_PACK_BLOBS;
  }

  hasRoomFor(bytes: number): boolean {
    return this.size + bytes <= this.space.length;
  }

  /** Copies the blob's bytes, for which there is room. */
  add({ type, id, bytes, uncompressedLength }: SealedBlob): void {
    this.#blobs.push({ type, id, offset: this.size, length: bytes.length, uncompressedLength });
    this.space.set(bytes, this.size);
    this.size += bytes.length;
  }

  canTake(other: OpenPack, packSize: number): boolean {
    return this.size + other.size < packSize && this.#blobs.length + other.#blobs.length <= MAX_PACK_BLOBS;
  }

  takeAll(other: OpenPack): void {
    for (const blob of other.#blobs) this.#blobs.push({ ...blob, offset: blob.offset + this.size });
    this.space.set(other.space.subarray(0, other.size), this.size);
    this.size += other.size;
  }

  finish(key: RepositoryKey): FinishedPack {
    const header = sealPackHeader(key, this.#blobs);
    const parts = [this.space.subarray(0, this.size), header];
    const sha256 = createHash('sha256');
    for (const part of parts) sha256.update(part);
    const packId = sha256.digest('hex');
    noteHash(parts, packId);
    return { packId, size: this.size + header.length, blobs: this.#blobs, parts };
  }
}
