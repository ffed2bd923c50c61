import type { GoTime } from './go-time.ts';
import type { JsonValue } from './go-json.ts';

export interface ExtendedAttribute {
  name: string;
  value: Buffer | null;
}

/** What restic 0.14 and later write; others may come from newer versions and are kept. */
export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular';

/**
 * One entry of a directory. Empty strings, zeros and empty lists are left out of the JSON where restic does so.
 * `name` and `linkTarget` are byte strings held as JavaScript strings: bytes that are not UTF-8 stand as lone
 * surrogates U+DC80…U+DCFF (see raw-string.ts); `rawBytes()` gives the bytes for the file system.
 */
export interface TreeNode {
  name: string;
  type: string;
  /** Go's os.FileMode bits (see file-mode.ts), not st_mode. */
  mode: number;
  mtime: GoTime;
  atime: GoTime;
  ctime: GoTime;
  uid: number;
  gid: number;
  user: string;
  group: string;
  inode: bigint;
  /** st_dev; restic 0.14 writes it for every node, restic ≥ 0.18 for hard links only. */
  deviceId: bigint;
  /** Bytes; files only. */
  size: number;
  /** st_nlink of files, symlinks and devices. */
  links: number;
  linkTarget: string;
  extendedAttributes: ExtendedAttribute[];
  /** Attributes of other systems, by name, kept as they are. */
  genericAttributes: { [name: string]: JsonValue } | null;
  /** st_rdev of devices. */
  device: bigint;
  /** Ids of the data blobs of a file in order ([] when it is empty); null for everything else. */
  content: string[] | null;
  /** Tree id of a directory. */
  subtree: string | null;
  error: string;
}

export interface Tree {
  nodes: TreeNode[];
}
