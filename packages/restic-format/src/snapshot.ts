import type { GoTime } from './go-time.ts';

/** Statistics of the backup, written by restic ≥ 0.17. Bytes and counts. */
export interface SnapshotSummary {
  backupStart: GoTime;
  backupEnd: GoTime;
  filesNew: number;
  filesChanged: number;
  filesUnmodified: number;
  dirsNew: number;
  dirsChanged: number;
  dirsUnmodified: number;
  dataBlobs: number;
  treeBlobs: number;
  dataAdded: number;
  dataAddedPacked: number;
  totalFilesProcessed: number;
  totalBytesProcessed: number;
}

export interface Snapshot {
  time: GoTime;
  parent: string | null;
  /** Tree id. */
  tree: string;
  paths: string[];
  hostname: string;
  username: string;
  uid: number;
  gid: number;
  excludes: string[];
  tags: string[];
  original: string | null;
  /** Empty when unknown. */
  programVersion: string;
  summary: SnapshotSummary | null;
}

export interface StoredSnapshot {
  id: string;
  snapshot: Snapshot;
}
