import type { TreeNode } from '@breakwater/restic-format/tree';
import type { TargetFolder } from './target-folder.ts';

/** A regular file on its way. */
export interface RestoredFile {
  readonly folder: TargetFolder;
  readonly name: Buffer;
  /** Inside the snapshot, a raw string. */
  readonly path: string;
  readonly node: TreeNode;
  state: 'open' | 'done' | 'failed';
  /** What is there under its name is right, or is to stay. */
  kept: boolean;
}

export interface FileInWork extends RestoredFile {
  /** Bytes of its content. */
  size: number;
  /** Pieces not written yet, those not yet asked for included. */
  missing: number;
  /** Bytes of it that count as done: what is there already, and what is written. */
  counted: number;
  /** The entry is ours: made by this restore. */
  made: boolean;
  /** The entry was there and keeps what is right in it. */
  updating: boolean;
}

export function fileInWork(folder: TargetFolder, name: Buffer, path: string, node: TreeNode): FileInWork {
  const missing = node.content?.length ?? 0;
  return {
    folder,
    name,
    path,
    node,
    state: 'open',
    kept: false,
    size: 0,
    missing,
    counted: 0,
    made: false,
    updating: false,
  };
}

/** A blob's plaintext goes there. */
export interface Destination {
  file: FileInWork;
  offset: number;
}
