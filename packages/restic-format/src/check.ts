import { Failure } from '@breakwater/domain/failure';
import type { Repository } from './repository.ts';

export type ProblemKind =
  | 'pack-missing'
  | 'pack-wrong-size'
  | 'pack-not-indexed'
  | 'pack-damaged'
  | 'index-damaged'
  | 'snapshot-damaged'
  | 'tree-missing'
  | 'tree-damaged'
  | 'blob-missing';

export interface Problem {
  kind: ProblemKind;
  /** A sentence. */
  message: string;
  /** A problem that costs no data, such as a pack that no index names, is a hint only. */
  severity: 'error' | 'hint';
  packId?: string;
  blobId?: string;
  snapshotId?: string;
  /** Path inside the snapshot. */
  path?: string;
}

export interface CheckProgress {
  phase: 'structure' | 'data';
  packsDone: number;
  packsTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export interface CheckOptions {
  /** Read every pack whole and verify every blob. */
  readData: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: CheckProgress) => void;
}

export interface CheckReport {
  problems: Problem[];
  packs: number;
  snapshots: number;
  blobs: number;
  bytesRead: number;
}

/** Finds what is wrong with a copy; throws only when the store itself cannot be used. */
export async function checkRepository(_repository: Repository, _options: CheckOptions): Promise<CheckReport> {
  throw new Failure('internal', 'not there yet');
}
