import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Breather } from '../backup/breather.ts';
import { type FileIssues, reasonOf, sayReason } from '../backup/file-issues.ts';
import { errorCode } from '../posix/error-code.ts';
import { say } from '../remarks/say.ts';
import type { MetadataRefusals } from './apply-metadata.ts';
import type { OrderPool } from './order-pool.ts';
import type { RestoreCounters } from './restore-counters.ts';
import type { OpenFolders } from './target-folder.ts';

/**
 * What happens to an entry that is there already. `refuse`: it stays, and is told as an issue. `always`: content
 * that differs is replaced. `if-changed`: the same, but a file of the same size and time passes as equal.
 * `if-newer`: only when the snapshot's is newer. `never`: it stays, silently.
 */
export type Overwrite = 'refuse' | 'always' | 'if-changed' | 'if-newer' | 'never';

/** What was done with an entry, in restic's words. */
export type ItemAction = 'restored' | 'updated' | 'unchanged' | 'deleted';

/** What all parts of one running restore share. */
export interface RestoreJob {
  readonly repository: Repository;
  readonly folders: OpenFolders;
  readonly pool: OrderPool;
  readonly overwrite: Overwrite;
  /** What the snapshot's folders do not hold is removed from the target's. */
  readonly delete: boolean;
  /** Nothing is changed; counters and items tell what would be. */
  readonly dryRun: boolean;
  /** Zeros become holes. */
  readonly sparse: boolean;
  readonly counters: RestoreCounters;
  readonly issues: FileIssues;
  readonly refusals: MetadataRefusals;
  readonly breather: Breather;
  readonly signal: AbortSignal;
  /** `path` is a raw string inside the snapshot; size in bytes. */
  readonly onItem: (action: ItemAction, path: string, size: number) => void;
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
    job.issues.add(path, 'restore', 'refused', say('name-is-taken', {}));
  } else if (code === 'ELOOP' || code === 'ENOTDIR') {
    job.issues.add(path, 'restore', 'refused', say('link-where-folder', {}));
  } else if (code === 'EISDIR') {
    job.issues.add(path, 'restore', 'unwritable', say('folder-in-the-way', {}));
  } else {
    job.issues.add(path, 'restore', 'unwritable', sayReason(error));
  }
}

const DAMAGE = new Set(['pack-damaged', 'repository-damaged', 'not-found', 'bad-range', 'hash-mismatch']);

/** Whether a failed read says that stored data is bad or gone, rather than that the store cannot be reached. */
export function isDamage(error: unknown): error is Failure {
  return error instanceof Failure && DAMAGE.has(error.code);
}
