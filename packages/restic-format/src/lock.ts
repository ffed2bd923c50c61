import { Failure } from '@breakwater/domain/failure';
import type { Repository } from './repository.ts';

export const LOCK_REFRESH_MS = 5 * 60_000;
export const LOCK_STALE_MS = 30 * 60_000;

export interface Lock {
  /** Epoch milliseconds. */
  timeMs: number;
  exclusive: boolean;
  hostname: string;
  username: string;
  pid: number;
  uid: number;
  gid: number;
}

export interface LockOwner {
  hostname: string;
  username: string;
  pid: number;
  uid?: number;
  gid?: number;
}

export interface AcquireLockOptions extends LockOwner {
  exclusive: boolean;
  /** Epoch milliseconds, read afresh for each use. */
  now: () => number;
  /** Whether a process of this host lives; a lock of a dead one is stale. */
  isProcessAlive: (pid: number) => boolean;
  signal?: AbortSignal;
  /** Pause before looking again for locks made at the same moment; 200 ms by default. */
  settleMs?: number;
}

export interface LockHandle {
  /** Name of the lock file now in the store; changes with each refresh. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly lastRefreshAt: number;
  readonly exclusive: boolean;
  /** Writes a new lock, then removes the old one. Throws `lock-lost` when someone removed ours. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** Removes the lock; more than once is no error. */
  release(): Promise<void>;
}

/** Throws `repository-locked` saying by whom and since when. Stale locks of others do not count. */
export async function acquireLock(repository: Repository, _options: AcquireLockOptions): Promise<LockHandle> {
  throw new Failure('repository-locked', `${repository.store.location} is locked`);
}
