import { Failure } from '@breakwater/domain/failure';
import { openRepository } from '@breakwater/restic-format/repository';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { withCopyStore } from './copy-store.ts';
import { type RepositoryRow, repositoryAccess } from './repository-access.ts';
import { saveMigrated } from './repository-records.ts';

/**
 * Throws `unsupported-format` with what to do for a repository of format version 1, which is read and restored from,
 * but not written. One that was adopted as such is looked at again each time: once stock restic has migrated it, it is
 * as any other.
 */
export async function requireVersion2(center: Center, repositoryId: string): Promise<void> {
  if (await isVersion2(center, repositoryId)) return;
  throw new Failure(
    'unsupported-format',
    `the repository ${repositoryId} has format version 1, which is read and restored from, but not written: ` +
      'upgrade it with stock restic (0.14 or newer) first: restic migrate upgrade_repo_v2',
  );
}

/** Whether a repository can be written to; one that could not is looked at again, and remembered if it can by now. */
export async function isVersion2(center: Center, repositoryId: string): Promise<boolean> {
  const { row, password } = await repositoryAccess(center, repositoryId);
  if (row.formatVersion !== 1) return true;
  for (const copy of row.copies) {
    if (!(await isMigrated(center, copy, password))) continue;
    center.live.changed('repositories', repositoryId);
    return true;
  }
  return false;
}

async function isMigrated(
  center: Center,
  { repositoryId, node }: RepositoryRow['copies'][number],
  password: string,
): Promise<boolean> {
  if (!isOnline(node.lastHeartbeatAt, center)) return false;
  try {
    return await withCopyStore(center, repositoryId, node, async (store) => {
      const { version } = (await openRepository(store, password)).config;
      if (version === 1) return false;
      const configBytes = new Uint8Array(await store.read('config', 'config'));
      await saveMigrated(center.db, repositoryId, { configBytes, formatVersion: version });
      return true;
    });
  } catch (error) {
    center.logger.info({ err: error, repositoryId, node: node.name }, 'a copy could not be looked at');
    return false;
  }
}
