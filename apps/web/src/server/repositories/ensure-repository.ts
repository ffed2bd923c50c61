import { randomBytes, randomUUID } from 'node:crypto';
import { createRepositoryFiles } from '@breakwater/restic-format/initial-files';
import type { Center } from '../center.ts';
import { sealPassword } from './repository-access.ts';
import { keepRepository, repositoryIdOf } from './repository-records.ts';

const PASSWORD_BYTES = 32;

/**
 * The repository of a source address, made when it is first needed: its password from 256 random bits, its config
 * and key file written here and copied byte for byte to each node. Two that ask at once get the same one.
 */
export async function ensureRepository(
  center: Pick<Center, 'db' | 'keys' | 'live'>,
  sourceAddress: string,
): Promise<{ id: string; created: boolean }> {
  const there = await repositoryIdOf(center.db, sourceAddress);
  if (there !== null) return { id: there, created: false };
  const id = randomUUID();
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const files = await createRepositoryFiles(password, { hostname: 'breakwater', username: 'control-center' });
  const kept = await keepRepository(center.db, {
    id,
    sourceAddress,
    sealedPassword: sealPassword(center, id, password),
    configBytes: new Uint8Array(files.config),
    keyName: files.key.name,
    keyBytes: new Uint8Array(files.key.bytes),
  });
  if (kept.created) center.live.changed('repositories', kept.id);
  return kept;
}

/** The id of a server's own repository; null before its first backup. */
export async function ownRepositoryOf(
  center: Pick<Center, 'db'>,
  sourceAddress: string,
): Promise<string | null> {
  return repositoryIdOf(center.db, sourceAddress);
}
