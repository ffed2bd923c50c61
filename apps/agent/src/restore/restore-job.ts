import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Breather } from '../backup/breather.ts';
import { type FileIssues, reasonOf } from '../backup/file-issues.ts';
import { errorCode } from '../posix/error-code.ts';
import type { RestoreCounters } from './restore-counters.ts';
import type { OpenFolders } from './target-folder.ts';

/** What all parts of one running restore share. */
export interface RestoreJob {
  readonly repository: Repository;
  readonly folders: OpenFolders;
  /** Whether what is in the way may be replaced; folders never are. */
  readonly replace: boolean;
  readonly counters: RestoreCounters;
  readonly issues: FileIssues;
  readonly breather: Breather;
  readonly signal: AbortSignal;
}

const FATAL = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE']);

/** An entry that could not be written is an issue; a target that takes nothing any more ends the restore. */
export function noteWriteError(job: RestoreJob, path: string, error: unknown): void {
  if (error instanceof Failure) throw error;
  const code = errorCode(error) ?? '';
  if (FATAL.has(code)) {
    throw new Failure('unavailable', `The target cannot take more files: ${reasonOf(error)}`, {
      cause: error,
      retryable: true,
    });
  }
  if (code === 'EEXIST') {
    job.issues.add(path, 'restore', 'refused', 'Something of that name is there already');
  } else if (code === 'ELOOP' || code === 'ENOTDIR') {
    job.issues.add(path, 'restore', 'refused', 'A symbolic link or a file is where a folder should be');
  } else {
    job.issues.add(path, 'restore', 'unwritable', reasonOf(error));
  }
}

const DAMAGE = new Set(['pack-damaged', 'repository-damaged', 'not-found', 'bad-range', 'hash-mismatch']);

/** Whether a failed read says that stored data is bad or gone, rather than that the store cannot be reached. */
export function isDamage(error: unknown): error is Failure {
  return error instanceof Failure && DAMAGE.has(error.code);
}
