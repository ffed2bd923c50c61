import { asFailure, Failure } from '@breakwater/domain/failure';
import { createKey, type KeyFileHeader, openKey, readKeyFileHeader } from './key-file.ts';
import { mapInParallel } from './map-in-parallel.ts';
import type { Repository } from './repository.ts';

const FILES_AT_ONCE = 8;

export interface ListedKey extends Pick<KeyFileHeader, 'created' | 'username' | 'hostname'> {
  id: string;
  /** Whether the repository was opened with it. */
  isCurrent: boolean;
}

/** The keys of a repository, by id. Told of each file that is no key, which is then passed over. */
export async function listKeys(
  repository: Repository,
  options: { signal?: AbortSignal; onDamaged?: (id: string, failure: Failure) => void } = {},
): Promise<ListedKey[]> {
  const { signal, onDamaged } = options;
  const files = (await repository.store.list('keys', signal)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const keys = await mapInParallel(files, FILES_AT_ONCE, async ({ name }): Promise<ListedKey | null> => {
    const bytes = await repository.store.read('keys', name, undefined, signal);
    try {
      const { created, username, hostname } = readKeyFileHeader(bytes, `key ${name}`);
      return { id: name, created, username, hostname, isCurrent: name === repository.keyId };
    } catch (error) {
      if (onDamaged === undefined) throw error;
      onDamaged(name, asFailure(error));
      return null;
    }
  });
  return keys.filter((key) => key !== null);
}

/**
 * Adds a password; returns its key's id. The key is read back and opened: one that does not work is removed again,
 * and `internal` is thrown.
 */
export async function addKey(
  repository: Repository,
  password: string,
  owner: { hostname: string; username: string },
  signal?: AbortSignal,
): Promise<string> {
  const { name, bytes } = await createKey(password, owner, { master: repository.key });
  await repository.store.write('keys', name, [bytes], signal);
  try {
    const stored = await repository.store.read('keys', name, undefined, signal);
    const opened = await openKey(stored, password, `key ${name}`);
    const same = (['encrypt', 'macK', 'macR'] as const).every((part) =>
      opened[part].equals(repository.key[part]),
    );
    if (!same) throw new Failure('internal', `key ${name} opens another master key`);
  } catch (error) {
    await repository.store.remove('keys', name).catch(() => undefined);
    throw error;
  }
  return name;
}

/** Removes a key by id or unique prefix; returns its id. Throws `conflict` for the key in use, `not-found`. */
export async function removeKey(
  repository: Repository,
  idOrPrefix: string,
  signal?: AbortSignal,
): Promise<string> {
  const files = await repository.store.list('keys', signal);
  const [found, ...others] = files.filter(({ name }) => name.startsWith(idOrPrefix));
  if (found === undefined || idOrPrefix === '') {
    throw new Failure('not-found', `${repository.store.location} has no key "${idOrPrefix}"`);
  }
  if (others.length > 0) {
    throw new Failure('not-found', `${others.length + 1} keys begin with ${idOrPrefix}: give more digits`);
  }
  if (found.name === repository.keyId) {
    const message = `key ${found.name} is the one in use: open the repository with another password to remove it`;
    throw new Failure('conflict', message);
  }
  await repository.store.remove('keys', found.name, signal);
  return found.name;
}

/** Puts a new password in the place of the one in use; returns the new key's id. */
export async function changePassword(
  repository: Repository,
  password: string,
  owner: { hostname: string; username: string },
  signal?: AbortSignal,
): Promise<string> {
  const added = await addKey(repository, password, owner, signal);
  await repository.store.remove('keys', repository.keyId, signal);
  return added;
}
