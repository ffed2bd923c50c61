import type { BigIntStats } from 'node:fs';
import type { TreeNode } from '@breakwater/restic-format/tree';

/** What may differ in a regular file whose content still counts as that of the parent snapshot. */
export interface ChangeRules {
  /** As `restic --ignore-inode`: inode and change time, for file systems that make them up anew. */
  ignoreInode: boolean;
  /** As `restic --ignore-ctime`. */
  ignoreCtime: boolean;
}

export const STRICT_CHANGES: ChangeRules = { ignoreInode: false, ignoreCtime: false };

/** restic's rule: a regular file of the same size, times and inode has the same content. */
export function isUnchanged(stat: BigIntStats, previous: TreeNode, rules: ChangeRules): boolean {
  return (
    previous.type === 'file' &&
    BigInt(previous.size) === stat.size &&
    previous.mtime.ns === stat.mtimeNs &&
    (rules.ignoreCtime || rules.ignoreInode || previous.ctime.ns === stat.ctimeNs) &&
    (rules.ignoreInode || previous.inode === stat.ino)
  );
}
