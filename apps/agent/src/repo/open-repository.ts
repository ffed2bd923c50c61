import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@breakwater/domain/failure';
import type { PackStore } from '@breakwater/restic-format/pack-store';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { RateLimit, type TransferRates } from '@breakwater/storage-client/rate-limit';
import { type HeldLock, holdLock } from '../backup/lock-keeper.ts';
import { LockedStore } from '../backup/lock-keeper-store.ts';
import { DirectoryStore } from '../store/directory-store.ts';
import { discardingStore } from '../store/discarding-store.ts';
import { readRestVariables } from './config.ts';
import type { RepoOutput } from './repo-output.ts';
import {
  type AccessRole,
  type RepositoryAccess,
  resolveLocation,
  resolvePassword,
} from './repository-access.ts';

export interface OpenedStore {
  store: PackStore;
  /** Makes what an empty repository needs before its first file. */
  prepare(): Promise<void>;
  close(): void;
}

/** A store by its name on the command line: `rest:http://…` as stock restic takes it, else a folder. */
export async function openStore(repo: string, limits: RateWish = {}): Promise<OpenedStore> {
  if (!repo.startsWith('rest:')) {
    const store = new DirectoryStore(repo);
    return { store, prepare: () => store.createFolders(), close: () => undefined };
  }
  const url = repo.slice('rest:'.length);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Failure(
      'invalid-request',
      `--repo is "${repo}": expected a folder, or rest:http://[user:token@]host:port/repository/`,
    );
  }
  // Only here: loading Node's HTTP takes longer than opening a folder.
  const { createRestStore } = await import('@breakwater/storage-client/rest-store');
  const { createRetryingStore } = await import('@breakwater/storage-client/retrying-store');
  const base = withAccount(new URL(url.endsWith('/') ? url : `${url}/`));
  const store = createRestStore({ url: base.href, rates: ratesOf(limits) });
  return {
    store: createRetryingStore(store),
    prepare: () => store.createFolders(),
    close: () => store.close(),
  };
}

/** `--limit-upload` and `--limit-download`, KiB a second; 0 is no limit. Folders know none. */
export interface RateWish {
  limitUpload?: number | undefined;
  limitDownload?: number | undefined;
}

function ratesOf({ limitUpload = 0, limitDownload = 0 }: RateWish): TransferRates {
  return {
    ...(limitUpload > 0 && { upload: new RateLimit(limitUpload * 1024) }),
    ...(limitDownload > 0 && { download: new RateLimit(limitDownload * 1024) }),
  };
}

function withAccount(url: URL): URL {
  const { username, password } = readRestVariables();
  if (url.username === '' && username !== undefined) {
    url.username = username;
    url.password = password ?? '';
  }
  return url;
}

export type LockWish = 'must' | 'exclusive' | 'may' | 'none' | 'dry-run';

export interface WithRepositoryAccess extends RepositoryAccess, RateWish {
  /** `--no-lock`: what only reads takes no lock. */
  lock?: boolean | undefined;
  /** `--retry-lock`, ms: how long to wait for somebody else's lock to go away. */
  retryLock?: number | undefined;
  /** False: the work loads the index itself, if it needs one. */
  loadIndex?: boolean | undefined;
  /**
   * The work may be done again from its beginning: when the lock was lost (the machine slept, say), it is, under a
   * new lock and with the index loaded anew. Told why.
   */
  onLockLost?: ((failure: Failure) => void) | undefined;
}

/**
 * Opens a repository for one piece of work and closes it again. `lock`: `must` writes under a lock that others may
 * share, `exclusive` under one that nobody shares; `may` reads under a shared one where the store lets us make one,
 * which read-only tokens and media do not; `none` takes none; `dry-run` takes none
 * either, and what is written comes to nothing. The index is loaded after locking, where it is needed. Throws
 * `repository-missing`, `wrong-password`, `repository-locked` (by whom, since when).
 */
export async function withRepository<T>(
  access: WithRepositoryAccess,
  lock: LockWish,
  signal: AbortSignal,
  work: (repository: Repository, signal: AbortSignal) => Promise<T>,
  role: AccessRole = 'main',
): Promise<T> {
  const location = await resolveLocation(access, role);
  const password = await resolvePassword(access, role);
  const opened = await openStore(location, access);
  try {
    const store = new LockedStore(lock === 'dry-run' ? discardingStore(opened.store) : opened.store);
    const repository = await openPresent(store, password, signal);
    for (;;) {
      const held = await lockFor(repository, store, lock, access, signal);
      try {
        const workSignal = held?.signal ?? signal;
        if (access.loadIndex !== false) await repository.loadIndex(workSignal);
        return await work(repository, workSignal);
      } catch (error) {
        const reason: unknown = held?.signal.reason;
        const lost = reason instanceof Failure && reason.code === 'lock-lost' && !signal.aborted;
        if (!lost) throw error;
        if (access.onLockLost === undefined) throw reason;
        access.onLockLost(reason);
      } finally {
        await held?.release();
      }
    }
  } finally {
    opened.close();
  }
}

/** For `onLockLost`: says that the work begins again. */
export function tellLockLost(output: RepoOutput): (failure: Failure) => void {
  return ({ message }) => output.note(`${message}; locking again and beginning anew`);
}

async function openPresent(store: PackStore, password: string, signal: AbortSignal): Promise<Repository> {
  try {
    return await openRepository(store, password, { signal });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-found') throw error;
    throw new Failure('repository-missing', error.message, { cause: error });
  }
}

const READ_ONLY = new Set(['verb-not-granted', 'forbidden']);

/** Looked at again this often while somebody else's lock is waited for, ms. */
const RETRY_LOCK_MS = 5000;

async function lockFor(
  repository: Repository,
  store: LockedStore,
  lock: LockWish,
  access: WithRepositoryAccess,
  signal: AbortSignal,
): Promise<HeldLock | null> {
  if (lock === 'none' || lock === 'dry-run' || (lock === 'may' && access.lock === false)) return null;
  const until = performance.now() + (access.retryLock ?? 0);
  for (;;) {
    try {
      return await holdLock(repository, { exclusive: lock === 'exclusive', signal, store });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (lock === 'may' && READ_ONLY.has(error.code)) return null;
      const left = until - performance.now();
      if (error.code !== 'repository-locked' || left <= 0) throw error;
      await sleep(Math.min(RETRY_LOCK_MS, left), undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}
