import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileIssue } from '@breakwater/contract/run';
import { initRepository } from '@breakwater/restic-format/initial-files';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { PASSWORD } from '@breakwater/restic-format/testing/stock-restic';
import { type BackUpOptions, type BackUpResult, backUp } from '../backup/back-up.ts';
import { type RestoreOptions, type RestoreResult, restoreSnapshot } from '../restore/restore-snapshot.ts';
import { DirectoryStore } from '../store/directory-store.ts';

export async function makeFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'breakwater-'));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export async function createRepository(folder: string): Promise<void> {
  const store = new DirectoryStore(folder);
  await store.createFolders();
  await initRepository(store, PASSWORD, { hostname: 'host', username: 'user' });
}

/** A folder to work in, with an empty folder to back up and an empty repository in it. */
export type Workplace = { folder: string; source: string; repository: string };

export async function makeWorkplace(): Promise<Workplace> {
  const folder = await makeFolder();
  const workplace = { folder, source: join(folder, 'source'), repository: join(folder, 'repository') };
  await mkdir(workplace.source);
  await createRepository(workplace.repository);
  return workplace;
}

export async function openWithIndex(folder: string): Promise<Repository> {
  const repository = await openRepository(new DirectoryStore(folder), PASSWORD);
  await repository.loadIndex();
  return repository;
}

/** One of our backups, as a process of its own would do it: opened and with the index read afresh. */
export async function backUpInto(
  folder: string,
  paths: string[],
  options: Partial<BackUpOptions> = {},
): Promise<BackUpResult & { snapshotId: string }> {
  const result = await backUp({
    repository: await openWithIndex(folder),
    paths,
    excludes: [],
    hostname: 'host',
    tags: [],
    signal: new AbortController().signal,
    ...options,
  });
  const { snapshotId } = result;
  if (snapshotId === null) throw new Error('no snapshot was made');
  return { ...result, snapshotId };
}

export async function restoreFrom(
  folder: string,
  snapshotId: string,
  targetPath: string,
  options: Partial<RestoreOptions> = {},
): Promise<RestoreResult> {
  const repository = await openWithIndex(folder);
  const { snapshot } = await repository.loadSnapshot(snapshotId);
  return await restoreSnapshot({
    repository,
    snapshot,
    paths: [],
    targetPath,
    mode: 'fresh',
    signal: new AbortController().signal,
    ...options,
  });
}

/** Issues as `code path`, sorted, for comparing. */
export function summarize(issues: readonly FileIssue[]): string[] {
  return issues.map(({ code, path }) => `${code} ${path}`).sort();
}
