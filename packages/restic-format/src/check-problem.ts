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
  /** Path inside the snapshot, for people. */
  path?: string;
}
