import { chmodSync, closeSync, constants } from 'node:fs';
import { unixModeFromGo, unixPermissions } from '@breakwater/restic-format/file-mode';
import { rawBytes } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { makeNodeAt, makeSymlinkAt, O_PATH, openAt } from '../posix/libc.ts';
import { say } from '../remarks/say.ts';
import { applyMetadataByName } from './apply-metadata.ts';
import { clearWay, judgeWay } from './entry-in-the-way.ts';
import { place } from './place.ts';
import { noteWriteError, type RestoreJob } from './restore-job.ts';
import type { TargetFolder } from './target-folder.ts';

/** Symlinks, FIFOs and devices. False when it is not there afterwards; the issue is noted. */
export function makeSpecial(
  job: RestoreJob,
  node: TreeNode,
  folder: TargetFolder,
  name: Buffer,
  path: string,
): boolean {
  const { folders, issues, counters, dryRun, onItem } = job;
  const isDevice = node.type === 'dev' || node.type === 'chardev';
  if (!isDevice && node.type !== 'symlink' && node.type !== 'fifo') {
    issues.add(path, 'restore', 'unsupported', say('entry-type-unknown', { type: node.type }));
    return false;
  }
  try {
    const verdict = judgeWay(job, folder, name, node);
    if (verdict.is === 'skip') {
      counters.othersSkipped += 1;
      return true;
    }
    const parent = folders.open(folder);
    if (verdict.is === 'there' && verdict.status.isDirectory()) clearWay(job, parent, name, verdict.status);
    if (!dryRun) {
      place(parent, name, verdict.is === 'there', (workName) => make(job, node, parent, workName, isDevice));
    }
    counters.othersDone += 1;
    onItem('restored', path, 0);
    return true;
  } catch (error) {
    if (isDevice && errorCode(error) === 'EPERM') {
      issues.add(path, 'restore', 'unsupported', say('device-needs-root', {}));
    } else noteWriteError(job, path, error);
    return false;
  }
}

function make(job: RestoreJob, node: TreeNode, parent: number, name: Buffer, isDevice: boolean): void {
  if (node.type === 'symlink') makeSymlinkAt(rawBytes(node.linkTarget), parent, name);
  else makeNodeAt(parent, name, unixModeFromGo(node.mode) & ~0o7777, isDevice ? node.device : 0n);
  applyMetadataByName(parent, name, node, job.refusals);
  if (node.type !== 'symlink') changeMode(parent, name, unixPermissions(node.mode));
}

/** chmod(2) follows links, and a path could be one by now; a descriptor cannot. */
function changeMode(folder: number, name: Buffer, mode: number): void {
  const own = openAt(folder, name, O_PATH | constants.O_NOFOLLOW);
  try {
    chmodSync(`/proc/self/fd/${own}`, mode);
  } finally {
    closeSync(own);
  }
}
