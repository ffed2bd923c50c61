import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { findRepository, type RepositoryRow } from './repository-records.ts';

export type { RepositoryRow } from './repository-records.ts';

const sealedAs = (repositoryId: string) => `repository/${repositoryId}/password`;

export function sealPassword(
  center: Pick<Center, 'keys'>,
  repositoryId: string,
  password: string,
): Uint8Array<ArrayBuffer> {
  return center.keys.master.sealText(password, sealedAs(repositoryId));
}

/** Id and password of a repository, for whoever is to open it now. Throws `not-found`. */
export async function repositoryAccess(
  center: Pick<Center, 'db' | 'keys'>,
  repositoryId: string,
): Promise<{ repositoryId: string; password: string; row: RepositoryRow }> {
  const row = await requireRepository(center, repositoryId);
  const password = center.keys.master.openText(row.sealedPassword, sealedAs(repositoryId));
  return { repositoryId, password, row };
}

export async function findRegistered(center: Pick<Center, 'db'>, id: string): Promise<RepositoryRow | null> {
  return findRepository(center.db, id);
}

export async function requireRepository(center: Pick<Center, 'db'>, id: string): Promise<RepositoryRow> {
  const row = await findRepository(center.db, id);
  if (row === null) throw new Failure('not-found', `there is no repository ${id}`);
  return row;
}
