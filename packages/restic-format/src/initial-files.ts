import { Failure } from '@breakwater/domain/failure';
import type { PackStore } from './pack-store.ts';

export interface RepositoryFiles {
  repositoryId: string;
  config: Buffer;
  /** `name` is the SHA-256 of `bytes`. */
  key: { name: string; bytes: Buffer };
}

/** The two files of a new repository (format version 2), to be written byte for byte to each of its copies. */
export async function createRepositoryFiles(
  _password: string,
  _owner: { hostname: string; username: string },
): Promise<RepositoryFiles> {
  throw new Failure('internal', 'not there yet');
}

/** Makes a repository in an empty store. Throws `already-exists` where one is, or where anything of one is left. */
export async function initRepository(
  _store: PackStore,
  _password: string,
  _owner: { hostname: string; username: string },
  _signal?: AbortSignal,
): Promise<RepositoryFiles> {
  throw new Failure('internal', 'not there yet');
}
