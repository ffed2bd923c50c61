import { errorCode } from '../posix/error-code.ts';
import { makeFolderAt, removeFileAt } from '../posix/libc.ts';
import { statusAt } from './entry-in-the-way.ts';
import { noteWriteError, type RestoreJob } from './restore-job.ts';
import type { TargetFolder } from './target-folder.ts';

/**
 * Sees to it that a folder and those above it are there before something goes into it. False when that is not to be;
 * the issue is noted, once.
 */
export function ensureFolder(job: RestoreJob, folder: TargetFolder): boolean {
  if (folder.state === 'made' || folder.state === 'there') return true;
  if (folder.state === 'refused' || folder.parent === null) return false;
  if (!ensureFolder(job, folder.parent)) {
    folder.state = 'refused';
    return false;
  }
  try {
    folder.state = job.dryRun ? lookUp(job, folder) : make(job, folder, folder.parent);
    return true;
  } catch (error) {
    folder.state = 'refused';
    noteWriteError(job, folder.path, error);
    return false;
  }
}

function make(job: RestoreJob, folder: TargetFolder, parent: TargetFolder): 'made' | 'there' {
  const { folders, overwrite } = job;
  try {
    makeFolderAt(folders.open(parent), folder.name, 0o700);
    return 'made';
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || overwrite === 'refuse') throw error;
  }
  try {
    // Of what was there before, only a real folder will do: this fails for a symlink to one.
    folders.open(folder);
    return 'there';
  } catch (error) {
    if (!['ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '') || !mayReplace(job, folder, parent))
      throw error;
  }
  removeFileAt(folders.open(parent), folder.name);
  makeFolderAt(folders.open(parent), folder.name, 0o700);
  return 'made';
}

/** A symlink may be how somebody put the folder elsewhere: it goes only where the restore deletes. */
function mayReplace(job: RestoreJob, folder: TargetFolder, parent: TargetFolder): boolean {
  if (job.overwrite !== 'always' && job.overwrite !== 'if-changed') return false;
  return job.delete || statusAt(job.folders.open(parent), folder.name)?.isSymbolicLink() === false;
}

/** `made` stands for what would be. */
function lookUp(job: RestoreJob, folder: TargetFolder): 'made' | 'there' {
  if (folder.parent?.state === 'made') return 'made';
  try {
    job.folders.open(folder);
    return 'there';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return 'made';
    if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
    if (folder.parent === null || !mayReplace(job, folder, folder.parent)) throw error;
    return 'made';
  }
}
