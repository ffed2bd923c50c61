import { Failure } from '@breakwater/domain/failure';
import type { BlobType, PackedBlob } from './blob.ts';
import type { Repository } from './repository.ts';

export interface StoredPack {
  packId: string;
  size: number;
  blobs: PackedBlob[];
}

export interface RepositoryWriterOptions {
  /** Packs in flight at once; 4 by default. */
  uploads?: number;
  /** Bytes after which a pack is closed; 16 MiB by default. */
  packSize?: number;
  signal?: AbortSignal;
  /** Bytes of a file that has become durable. */
  onUploaded?: (bytes: number) => void;
  /** A pack has become durable (not yet in an index file): for a journal. */
  onPackStored?: (pack: StoredPack) => void;
}

export interface AddedBlob {
  id: string;
  /** False when the repository had it, or it was added before. */
  isNew: boolean;
  /** Bytes it takes in its pack; 0 when not new. */
  storedBytes: number;
}

export interface WrittenCounts {
  blobsNew: number;
  dataBlobs: number;
  treeBlobs: number;
  /** Plaintext bytes of new blobs. */
  bytesAdded: number;
  /** Bytes of packs and index files made durable. */
  bytesStored: number;
  packs: number;
}

/** Adds blobs to a repository whose index is loaded. One writer at a time per Repository object. */
export class RepositoryWriter {
  readonly repository: Repository;

  constructor(repository: Repository, _options: RepositoryWriterOptions = {}) {
    this.repository = repository;
  }

  get counts(): WrittenCounts {
    return { blobsNew: 0, dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0, packs: 0 };
  }

  /**
   * Resolves when the blob is known or taken into an open pack; waits while too much is in flight. `plaintext` may
   * be reused afterwards. Safe to call concurrently. After a failed upload every call throws that Failure.
   */
  async addBlob(_type: BlobType, _plaintext: Uint8Array): Promise<AddedBlob> {
    throw new Failure('internal', 'not there yet');
  }

  /** Finishes open packs, waits until all are durable, then writes the index. May be called again. */
  async flush(): Promise<WrittenCounts> {
    throw new Failure('internal', 'not there yet');
  }

  /** Drops what is not stored and stops uploads; for a run that ends early. */
  async abort(): Promise<void> {
    throw new Failure('internal', 'not there yet');
  }
}
