import { Failure } from '@breakwater/domain/failure';
import { open, seal } from './crypto.ts';
import { createKey } from './key-file.ts';
import type { PackStore } from './pack-store.ts';
import { encodeRepositoryConfig, newRepositoryConfig } from './repository-config.ts';

export interface RepositoryFiles {
  repositoryId: string;
  config: Buffer;
  /** `name` is the SHA-256 of `bytes`. */
  key: { name: string; bytes: Buffer };
}

export interface InitOptions {
  /** Another repository's, so that what is cut from the same files is the same in both; random by default. */
  chunkerPolynomial?: bigint;
}

/** The two files of a new repository (format version 2), to be written byte for byte to each of its copies. */
export async function createRepositoryFiles(
  password: string,
  owner: { hostname: string; username: string },
  options: InitOptions = {},
): Promise<RepositoryFiles> {
  const { name, bytes, key } = await createKey(password, owner);
  const config = newRepositoryConfig(options.chunkerPolynomial);
  const json = encodeRepositoryConfig(config);
  // The one file that is encrypted but never compressed.
  const sealed = seal(key, json);
  if (!open(key, sealed)?.equals(json)) {
    throw new Failure('internal', 'the config came out damaged: this machine cannot be trusted');
  }
  return { repositoryId: config.id, config: sealed, key: { name, bytes } };
}

/** Makes a repository in an empty store. Throws `already-exists` where one is, or where anything of one is left. */
export async function initRepository(
  store: PackStore,
  password: string,
  owner: { hostname: string; username: string },
  signal?: AbortSignal,
  options: InitOptions = {},
): Promise<RepositoryFiles> {
  if ((await store.stat('config', 'config', signal)) !== null) {
    throw new Failure('already-exists', `${store.location} holds a repository already`);
  }
  for (const kind of ['keys', 'snapshots', 'index', 'data'] as const) {
    const left = await store.list(kind, signal);
    if (left.length > 0) {
      throw new Failure(
        'already-exists',
        `${store.location} has no config but ${left.length} files in ${kind}: it may be a damaged repository`,
      );
    }
  }
  const files = await createRepositoryFiles(password, owner, options);
  // The config comes last: a store without one is no repository, and nothing will open it half made.
  await store.write('keys', files.key.name, [files.key.bytes], signal);
  await store.write('config', 'config', [files.config], signal);
  return files;
}
