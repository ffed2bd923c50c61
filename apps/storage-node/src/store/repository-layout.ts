import { join } from 'node:path';
import { fileKinds } from '@breakwater/contract/storage-api';
import type { FileAddress, StoredKind } from './repository-store.ts';

/**
 * Folders of a restic repository on a disk, so that stock restic can be pointed at the folder itself. Packs lie
 * in a sub-folder named after their first two digits. Source: restic, doc/design.rst, "Repository Layout".
 */
export function folderOf(root: string, file: FileAddress): string {
  const repository = join(root, file.repository);
  if (file.kind === 'config') return repository;
  if (file.kind === 'data') return join(repository, 'data', file.name.slice(0, 2));
  return join(repository, file.kind);
}

export function pathOf(root: string, file: FileAddress): string {
  return join(folderOf(root, file), file.name);
}

const contentName = /^[0-9a-f]{64}$/;
const packFolderName = /^[0-9a-f]{2}$/;

export function isPackFolder(name: string): boolean {
  return packFolderName.test(name);
}

/** Whether a folder entry is a stored file of this kind; anything else in the folder is none of ours. */
export function isStoredName(kind: StoredKind, name: string): boolean {
  return kind === 'config' ? name === 'config' : contentName.test(name);
}

/** Paths under the data folder that answer something else, so no repository may have these names. */
export const reservedRepositoryNames: ReadonlySet<string> = new Set(['probe', 'healthz', 'metrics']);

export const repositoryFolders: readonly string[] = fileKinds;

/** A body on its way in. No stored file's name begins with a dot, and restic ignores what is not 64 hex digits. */
export const INCOMING_PREFIX = '.incoming-';
