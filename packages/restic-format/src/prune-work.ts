import type { BulkPool } from './bulk-pool.ts';

export interface PruneProgress {
  phase: 'finding' | 'repacking' | 'indexing' | 'removing';
  /** Trees read, packs moved, index files written, packs removed. */
  done: number;
  /** Null while it is not known. */
  total: number | null;
}

export interface PruneWork {
  /** Ends with the lock, too. */
  signal?: AbortSignal | undefined;
  onProgress?: (progress: PruneProgress) => void;
  /** Threads for planning and doing, with the repository's key; each of the two makes some of its own otherwise. */
  pool?: BulkPool | undefined;
  /** Bytes after which a new pack is closed; 16 MiB by default. */
  packBytes?: number | undefined;
  /** An index file that names so many blobs is full and left alone; restic's 50,000 by default. */
  fullIndexBlobs?: number | undefined;
}
