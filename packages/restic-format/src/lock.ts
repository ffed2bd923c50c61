import { asFailure, Failure } from '@breakwater/domain/failure';
import { type DamageOptions, passOverDamaged } from './damage.ts';
import { decodeLock, encodeLock, type Lock } from './lock-file.ts';
import type { Repository } from './repository.ts';

export const LOCK_REFRESH_MS = 5 * 60_000;
export const LOCK_STALE_MS = 30 * 60_000;
const SETTLE_MS = 200;

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

export interface StoredLock {
  name: string;
  lock: Lock;
}

/**
 * Any number of shared locks, or one exclusive lock alone. Throws `repository-locked` saying by whom and since when.
 * Stale locks of others do not count (and are left where they are).
 */
export async function acquireLock(repository: Repository, options: AcquireLockOptions): Promise<LockHandle> {
  await refuseConflict(repository, options, null);
  const createdAt = options.now();
  const name = await writeLock(repository, options, createdAt, options.signal);
  try {
    // Two that lock at the same moment see each other now; both may give up, neither goes on wrongly.
    await settle(options.settleMs ?? SETTLE_MS);
    if (options.signal?.aborted) {
      throw new Failure('cancelled', 'cancelled', { cause: options.signal.reason });
    }
    await refuseConflict(repository, options, name);
  } catch (error) {
    // Without the signal: a lock that stays behind would block others for half an hour.
    await repository.store.remove('locks', name).catch(() => undefined);
    throw error;
  }
  return new HeldLock(repository, options, name, createdAt);
}

/** Whether nobody holds this lock any more: not refreshed for 30 min, or its process on this host is dead. */
export function isStaleLock(
  lock: Lock,
  here: { hostname: string; isProcessAlive: (pid: number) => boolean; now: number },
): boolean {
  if (here.now - lock.timeMs > LOCK_STALE_MS) return true;
  return lock.hostname === here.hostname && !here.isProcessAlive(lock.pid);
}

/** The locks in the store. Files that vanish meanwhile or are still empty are passed over. */
export async function listLocks(
  repository: Repository,
  signal?: AbortSignal,
  options: DamageOptions = {},
): Promise<StoredLock[]> {
  const locks: StoredLock[] = [];
  for (const { name, size } of await repository.store.list('locks', signal)) {
    if (size === 0) continue;
    try {
      locks.push({ name, lock: decodeLock(await repository.loadUnpacked('locks', name, signal), name) });
    } catch (error) {
      if (asFailure(error).code !== 'not-found') passOverDamaged(name, error, options);
    }
  }
  return locks;
}

/** Removes locks that nobody holds any more; returns how many. What cannot be read is left, as it may be in force. */
export async function removeStaleLocks(
  repository: Repository,
  here: { hostname: string; isProcessAlive: (pid: number) => boolean; now: number },
  signal?: AbortSignal,
): Promise<number> {
  const locks = await listLocks(repository, signal, { onDamaged: () => undefined });
  const stale = locks.filter(({ lock }) => isStaleLock(lock, here));
  for (const { name } of stale) await repository.store.remove('locks', name, signal);
  return stale.length;
}

/** Removes every lock, whoever holds it; returns how many. Damaged ones go, too. */
export async function removeAllLocks(repository: Repository, signal?: AbortSignal): Promise<number> {
  const files = await repository.store.list('locks', signal);
  for (const { name } of files) await repository.store.remove('locks', name, signal);
  return files.length;
}

async function refuseConflict(
  repository: Repository,
  options: AcquireLockOptions,
  ownName: string | null,
): Promise<void> {
  let locks: StoredLock[];
  try {
    locks = await listLocks(repository, options.signal);
  } catch (error) {
    const failure = asFailure(error);
    // A lock that cannot be read may be an exclusive one.
    if (failure.code !== 'repository-damaged' && failure.code !== 'unsupported-format') throw failure;
    throw new Failure(
      'repository-locked',
      `a lock cannot be read, so it may be in force: ${failure.message} ("unlock --remove-all" removes it)`,
      {
        cause: failure,
      },
    );
  }
  const here = { ...options, now: options.now() };
  for (const { name, lock } of locks) {
    if (name === ownName || (!options.exclusive && !lock.exclusive)) continue;
    if (isStaleLock(lock, here)) continue;
    const how = lock.exclusive ? 'exclusively ' : '';
    const since = new Date(lock.timeMs).toISOString();
    throw new Failure(
      'repository-locked',
      `${repository.store.location} is locked ${how}by ${lock.username}@${lock.hostname} (process ${lock.pid}) since ${since}`,
      { retryable: true },
    );
  }
}

function writeLock(
  repository: Repository,
  owner: LockOwner & { exclusive: boolean },
  timeMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { exclusive, hostname, username, pid, uid = 0, gid = 0 } = owner;
  const lock = { timeMs, exclusive, hostname, username, pid, uid, gid };
  return repository.saveUnpacked('locks', encodeLock(lock), signal);
}

function settle(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

class HeldLock implements LockHandle {
  name: string;
  lastRefreshAt: number;
  readonly exclusive: boolean;
  readonly #repository: Repository;
  readonly #options: AcquireLockOptions;
  #released = false;

  constructor(repository: Repository, options: AcquireLockOptions, name: string, createdAt: number) {
    this.#repository = repository;
    this.#options = options;
    this.name = name;
    this.lastRefreshAt = createdAt;
    this.exclusive = options.exclusive;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    const { store } = this.#repository;
    const now = this.#options.now();
    const wasStale = now - this.lastRefreshAt > LOCK_STALE_MS;
    await this.#refuseLost(signal);
    const name = await writeLock(this.#repository, this.#options, now, signal);
    try {
      if (wasStale) {
        // Somebody may just be removing the old lock as stale, and take the new one for another's.
        await settle(this.#options.settleMs ?? SETTLE_MS);
        await this.#refuseLost(signal);
      }
    } catch (error) {
      await store.remove('locks', name).catch(() => undefined);
      throw error;
    }
    const old = this.name;
    this.name = name;
    this.lastRefreshAt = now;
    await store.remove('locks', old, signal);
    // Released meanwhile: nothing of ours may stay.
    if (this.#released) await store.remove('locks', name);
  }

  async release(): Promise<void> {
    this.#released = true;
    await this.#repository.store.remove('locks', this.name);
  }

  async #refuseLost(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#released && (await this.#repository.store.stat('locks', this.name, signal)) !== null) return;
    throw new Failure('lock-lost', `the lock ${this.name} at ${this.#repository.store.location} was removed`);
  }
}
