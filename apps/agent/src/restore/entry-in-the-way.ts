import { closeSync, constants, fstatSync, type BigIntStats } from 'node:fs';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { O_PATH, openAt, removeFileAt, removeFolderAt } from '../posix/libc.ts';
import type { RestoreJob } from './restore-job.ts';
import { namesOf, type TargetFolder } from './target-folder.ts';

/** Status of an entry itself, never of what a symlink points to; null when there is none. */
export function statusAt(folder: number, name: Buffer): BigIntStats | null {
  let own: number;
  try {
    own = openAt(folder, name, O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return fstatSync(own, { bigint: true });
  } finally {
    closeSync(own);
  }
}

/** What to do about an entry's name in the target. */
export type Verdict = { is: 'free' } | { is: 'skip' } | { is: 'there'; status: BigIntStats };

/**
 * Judges what is in the way of an entry. With `refuse` nothing is looked at: making it fails if there is something.
 */
export function judgeWay(job: RestoreJob, folder: TargetFolder, name: Buffer, node: TreeNode): Verdict {
  if (job.overwrite === 'refuse' || !job.folders.holds(folder, name)) return { is: 'free' };
  const status = statusAt(job.folders.open(folder), name);
  if (status === null) return { is: 'free' };
  if (job.overwrite === 'never') return { is: 'skip' };
  if (job.overwrite === 'if-newer' && node.mtime.ns <= status.mtimeNs) return { is: 'skip' };
  return { is: 'there', status };
}

/** Removes what is in the way of a file; a folder only where the restore deletes. Throws the system's error. */
export function clearWay(job: RestoreJob, folder: number, name: Buffer, status: BigIntStats): void {
  if (status.isDirectory() && !job.delete) {
    throw Object.assign(new Error('A folder of that name is there'), { code: 'EISDIR' });
  }
  if (job.dryRun) return;
  if (status.isDirectory()) removeTree(folder, name);
  else removeFileAt(folder, name);
}

/**
 * Removes an entry and all below it, without following any symlink. `onRemoved` hears of each entry by its path from
 * this one on (bytes as latin1 characters), those below first.
 */
export function removeTree(
  folder: number,
  name: Buffer,
  onRemoved: (path: string) => void = () => undefined,
  dryRun = false,
): void {
  visitTree(folder, name, name.toString('latin1'), (parent, own, path, isFolder) => {
    if (!dryRun && isFolder) removeFolderAt(parent, own);
    else if (!dryRun) removeFileAt(parent, own);
    onRemoved(path);
  });
}

function visitTree(
  parent: number,
  name: Buffer,
  path: string,
  visit: (parent: number, name: Buffer, path: string, isFolder: boolean) => void,
): void {
  const isFolder = statusAt(parent, name)?.isDirectory() === true;
  if (isFolder) {
    const own = openAt(parent, name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      for (const inner of namesOf(own)) {
        visitTree(own, Buffer.from(inner, 'latin1'), `${path}/${inner}`, visit);
      }
    } finally {
      closeSync(own);
    }
  }
  visit(parent, name, path, isFolder);
}
