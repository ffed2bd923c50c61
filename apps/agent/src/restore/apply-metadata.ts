import { closeSync, constants, fchmodSync, fchownSync } from 'node:fs';
import { unixPermissions } from '@breakwater/restic-format/file-mode';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { chownAt, setTimesAt, writeAttribute } from '../posix/libc.ts';
import type { RestoreJob } from './restore-job.ts';

const SET_ID_BITS = 0o6000;

/**
 * Owner, attributes, mode and times of an open file or folder, in the order in which none undoes another: a new
 * owner clears capabilities and set-id bits, a write moves the times. `name` is its name in `folder`.
 */
export function applyMetadata(
  job: RestoreJob,
  file: number,
  folder: number,
  name: Buffer,
  node: TreeNode,
): void {
  const owned = tryOwner(job, () => fchownSync(file, node.uid, node.gid));
  for (const { name: attribute, value } of node.extendedAttributes) {
    tryAttribute(job, () => writeAttribute(file, attribute, value ?? Buffer.alloc(0)));
  }
  const mode = unixPermissions(node.mode);
  // A program that should run as its owner must not run as whoever restored it.
  fchmodSync(file, owned ? mode : mode & ~SET_ID_BITS);
  setTimesAt(folder, name, node.atime.ns, node.mtime.ns);
}

/** The same for what has no descriptor: symlinks, FIFOs, devices. Their mode is given when they are made. */
export function applyMetadataByName(job: RestoreJob, folder: number, name: Buffer, node: TreeNode): void {
  tryOwner(job, () => chownAt(folder, name, node.uid, node.gid));
  setTimesAt(folder, name, node.atime.ns, node.mtime.ns);
}

function tryOwner(job: RestoreJob, change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EPERM' || process.geteuid?.() === 0) throw error;
    job.counters.note = 'Not running as root: owners and groups of the files are not restored';
    return false;
  }
}

const ATTRIBUTE_REFUSED = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP']);

/** Attributes that the target's file system or our rights do not allow are told once, not for each file. */
function tryAttribute(job: RestoreJob, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!ATTRIBUTE_REFUSED.has(errorCode(error) ?? '')) throw error;
    job.counters.note ??= 'Some extended attributes could not be restored here';
  }
}

export const NEW_FILE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
export const SAME_FILE_FLAGS = constants.O_WRONLY | constants.O_NOFOLLOW;

export function closeQuietly(file: number | undefined): void {
  if (file === undefined) return;
  try {
    closeSync(file);
  } catch {
    // The error that led here is the one to tell.
  }
}
