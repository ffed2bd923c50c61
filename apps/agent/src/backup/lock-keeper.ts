import { hostname, userInfo } from 'node:os';
import { asFailure, Failure } from '@breakwater/domain/failure';
import {
  acquireLock,
  LOCK_REFRESH_MS,
  type LockHandle,
  removeStaleLocks,
} from '@breakwater/restic-format/lock';
import type { Repository } from '@breakwater/restic-format/repository';
import { errorCode } from '../posix/error-code.ts';
import type { LockedStore } from './lock-keeper-store.ts';

/** A lock this old may be removed by others at 30 min; a writer must have stopped well before. */
export const LOCK_LOST_MS = 22 * 60_000;
const RETRY_MS = 15_000;
const TICK_MS = 1000;

export interface HeldLock {
  /** Ends with the caller's signal, or with the Failure `lock-lost` when the lock could not be kept fresh. */
  readonly signal: AbortSignal;
  /** Name of the lock file now in the store; changes with each refresh. */
  readonly lockName: string;
  /** Removes the lock; safe to call twice. A lock file that cannot be removed now grows stale by itself. */
  release(): Promise<void>;
}

export interface HoldLockOptions {
  exclusive: boolean;
  signal?: AbortSignal;
  /** The store the repository works on, to be kept from changes once the lock has grown too old. */
  store?: LockedStore;
  /** A lock file was written: the first one, and each refreshed one. */
  onLocked?: (lockName: string) => void;
  /** For tests: epoch ms, and how often to look at the lock's age. */
  now?: () => number;
  tickMs?: number;
}

/**
 * Locks the copy and keeps the lock fresh until `release`. Load the index after this, not before: what was there
 * earlier may have been pruned. Throws `repository-locked` when somebody else's lock is in the way.
 */
export async function holdLock(repository: Repository, options: HoldLockOptions): Promise<HeldLock> {
  const now = options.now ?? Date.now;
  const lost = new AbortController();
  const signal = options.signal === undefined ? lost.signal : AbortSignal.any([options.signal, lost.signal]);
  const { uid, gid, username } = userInfo();
  const lock = await acquireLock(repository, {
    exclusive: options.exclusive,
    hostname: hostname(),
    username,
    pid: process.pid,
    ...(uid >= 0 && { uid, gid }),
    now,
    isProcessAlive,
    ...(options.signal && { signal: options.signal }),
  });
  // What a killed process of this machine left behind would keep stock restic's exclusive commands out.
  const here = { hostname: hostname(), isProcessAlive, now: now() };
  await removeStaleLocks(repository, here, options.signal).catch(() => 0);
  options.onLocked?.(lock.name);
  const tickMs = options.tickMs ?? TICK_MS;
  const refresher = keepFresh(lock, lost, { now, tickMs, onRefreshed: () => options.onLocked?.(lock.name) });
  options.store?.guardWith(refresher.throwIfLost);
  return {
    signal,
    get lockName() {
      return lock.name;
    },
    async release() {
      await refresher.stop();
      await lock.release();
      options.store?.guardWith(null);
    },
  };
}

/** Removes locks whose time has run out, or whose process on this machine is dead; returns how many. */
export function removeStaleLocksOf(repository: Repository, signal?: AbortSignal): Promise<number> {
  return removeStaleLocks(repository, { hostname: hostname(), isProcessAlive, now: Date.now() }, signal);
}

/**
 * Looks at the lock's age again and again, instead of sleeping until it is due: a machine that was suspended must
 * not write for a moment with a lock that has grown too old meanwhile.
 */
function keepFresh(
  lock: LockHandle,
  lost: AbortController,
  { now, tickMs, onRefreshed }: { now: () => number; tickMs: number; onRefreshed: () => void },
): { stop: () => Promise<void>; throwIfLost: () => void } {
  const stopping = new AbortController();
  let refreshedAt = performance.now();
  let nextTryAt = 0;
  let underWay: Promise<void> | null = null;
  // The wall clock may be set back, and the steady one stands still while the machine sleeps: the older age counts.
  const age = (): number => Math.max(now() - lock.lastRefreshAt, performance.now() - refreshedAt);

  const refresh = async (): Promise<void> => {
    try {
      const limit = AbortSignal.timeout(Math.max(1, LOCK_LOST_MS - age()));
      await lock.refresh(AbortSignal.any([stopping.signal, limit]));
      refreshedAt = performance.now();
      onRefreshed();
    } catch (error) {
      nextTryAt = performance.now() + RETRY_MS;
      if (asFailure(error).code === 'lock-lost') lost.abort(error);
    } finally {
      underWay = null;
    }
  };
  const notice = (): void => {
    if (!lost.signal.aborted && age() >= LOCK_LOST_MS) lost.abort(lockLost(age()));
  };
  const timer = setInterval(() => {
    notice();
    if (lost.signal.aborted) return;
    if (underWay === null && age() >= LOCK_REFRESH_MS && performance.now() >= nextTryAt) {
      underWay = refresh();
    }
  }, tickMs);
  timer.unref();
  return {
    throwIfLost() {
      notice();
      lost.signal.throwIfAborted();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await underWay;
    },
  };
}

function lockLost(ageMs: number): Failure {
  return new Failure(
    'lock-lost',
    `The repository's lock could not be refreshed for ${Math.round(ageMs / 60_000)} minutes, so writing has stopped`,
    { retryable: true },
  );
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return errorCode(error) === 'EPERM';
  }
}
