import { readFile } from 'node:fs/promises';
import { Failure } from '@breakwater/domain/failure';
import type { PackStore } from '@breakwater/restic-format/pack-store';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import { createRetryingStore } from '@breakwater/storage-client/retrying-store';
import { holdLock, type HeldLock } from '../backup/lock-keeper.ts';
import { errorCode } from '../posix/error-code.ts';
import { DirectoryStore } from '../store/directory-store.ts';

export interface OpenedStore {
  store: PackStore;
  /** Makes what an empty repository needs before its first file. */
  prepare(): Promise<void>;
  close(): void;
}

/** A store by its name on the command line: `rest:http://…` as stock restic takes it, else a folder. */
export function openStore(repo: string): OpenedStore {
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
  const store = createRestStore({ url: url.endsWith('/') ? url : `${url}/` });
  return { store: createRetryingStore(store), prepare: async () => undefined, close: () => store.close() };
}

export async function readPassword(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(
      'invalid-request',
      `--password-file is "${file}": it cannot be read (${errorCode(error) ?? String(error)})`,
    );
  }
  const password = text.trim();
  if (password === '') throw new Failure('invalid-request', `--password-file is "${file}": it is empty`);
  return password;
}

/**
 * Opens a repository for one piece of work and closes it again. `lock`: `must` writes under a lock; `may` reads
 * under one where the store lets us make one, which read-only tokens and media do not; `none` takes none. The
 * index is loaded after locking.
 */
export async function withRepository<T>(
  access: { repo: string; passwordFile: string },
  lock: 'must' | 'may' | 'none',
  signal: AbortSignal,
  work: (repository: Repository, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const password = await readPassword(access.passwordFile);
  const opened = openStore(access.repo);
  try {
    const repository = await openPresent(opened.store, password, signal);
    const held = lock === 'none' ? null : await lockFor(repository, lock, signal);
    try {
      const workSignal = held?.signal ?? signal;
      await repository.loadIndex(workSignal);
      return await work(repository, workSignal);
    } finally {
      await held?.release();
    }
  } finally {
    opened.close();
  }
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

async function lockFor(
  repository: Repository,
  lock: 'must' | 'may',
  signal: AbortSignal,
): Promise<HeldLock | null> {
  try {
    return await holdLock(repository, { exclusive: false, signal });
  } catch (error) {
    if (lock === 'may' && error instanceof Failure && READ_ONLY.has(error.code)) return null;
    throw error;
  }
}
