import { randomUUID } from 'node:crypto';
import type { RecoveryKit, Repository } from '@breakwater/contract/resources';
import type { Verb } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { requireSourceAgent } from '../agents/require-source-agent.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { copyUrl } from './create-copy.ts';
import { ensureRepository } from './ensure-repository.ts';
import { type KitCopy, recoveryCommands } from './recovery-commands.ts';
import { repositoryAccess, requireRepository } from './repository-access.ts';
import {
  confirmKit,
  findRepositories,
  newestSnapshots,
  type RepositoryRow,
  repositoriesWithoutKit,
} from './repository-records.ts';
import { viewRepository } from './repository-view.ts';

/** Oldest first; one more than `limit`, to see whether there is a next page. */
export async function listRepositories(
  center: Center,
  page: { limit: number; after: { createdAt: Date; id: string } | undefined },
): Promise<Repository[]> {
  return viewAll(center, await findRepositories(center.db, page));
}

/** Throws `not-found`. */
export async function getRepository(center: Center, id: string): Promise<Repository> {
  const [view] = await viewAll(center, [await requireRepository(center, id)]);
  if (view === undefined) throw new Failure('not-found', `there is no repository ${id}`);
  return view;
}

/** Throws `unknown-address` for a server without an agent that backs up, `conflict` when it has a repository. */
export async function createRepository(center: Center, sourceAddress: string): Promise<Repository> {
  await requireSourceAgent(center, sourceAddress);
  const { id, created } = await ensureRepository(center, sourceAddress);
  if (!created) throw new Failure('conflict', `${sourceAddress} has the repository ${id} already`);
  return getRepository(center, id);
}

/**
 * What somebody needs to restore without Breakwater: the password, where the copies are that hold the newest
 * snapshot (all of them before there is one), and stock restic's commands.
 */
export async function recoveryKit(center: Center, id: string, by: string): Promise<RecoveryKit> {
  const { password, row } = await repositoryAccess(center, id);
  const newest = (await newestSnapshots(center.db, [id])).get(id);
  const wanted = row.copies.filter((copy) => newest === undefined || newest.nodeIds.includes(copy.nodeId));
  const copies = await Promise.all(
    wanted.map(async (copy): Promise<KitCopy> => {
      const path = await pathOnNode(center, copy.nodeId, id);
      return { node: copy.node.name, url: copyUrl(copy.node.url, id), path };
    }),
  );
  await center.events.record({
    level: 'info',
    kind: 'recovery-kit-read',
    remark: say('recovery-kit-read', { by, of: row.sourceAddress ?? id }),
    subject: { type: 'repository', id },
  });
  return { repositoryId: id, password, copies, commands: recoveryCommands(id, password, copies) };
}

async function pathOnNode(center: Center, nodeId: string, repositoryId: string): Promise<string | null> {
  try {
    const { path, exists } = await center.links.callNode(nodeId, 'locate', { repositoryId });
    return exists ? path : null;
  } catch (error) {
    center.logger.info({ err: error, nodeId }, 'a storage node could not say where a repository lies');
    return null;
  }
}

/** The kit is kept somewhere else, says an administrator. Throws `not-found`. */
export async function confirmRecoveryKit(center: Center, id: string, by: string): Promise<Repository> {
  if (!(await confirmKit(center.db, id, new Date(center.now())))) {
    throw new Failure('not-found', `there is no repository ${id}`);
  }
  center.live.changed('repositories', id);
  const confirmed = await getRepository(center, id);
  await center.events.record({
    level: 'info',
    kind: 'recovery-kit-confirmed',
    remark: say('recovery-kit-confirmed', { by, of: confirmed.sourceAddress ?? id }),
    subject: { type: 'repository', id },
  });
  return confirmed;
}

export async function unconfirmedKits(
  center: Pick<Center, 'db'>,
): Promise<{ id: string; sourceAddress: string | null; snapshots: number }[]> {
  return repositoriesWithoutKit(center.db);
}

export interface AccessToken {
  nodeName: string;
  url: string;
  token: string;
  jti: string;
  expiresAt: string;
}

/** A token for each copy, for stock restic. Throws `not-found`. */
export async function accessTokens(
  center: Center,
  id: string,
  wanted: { verbs: readonly Verb[]; expiresInSeconds: number },
  by: string,
): Promise<{ copies: AccessToken[] }> {
  const row = await requireRepository(center, id);
  const copies = await Promise.all(
    row.copies.map(async (copy): Promise<AccessToken> => {
      const { token, jti, exp } = await signStorageToken(
        center.keys.signing,
        {
          jti: `access.${randomUUID()}`,
          subject: by,
          nodeId: copy.nodeId,
          repositoryId: id,
          verbs: wanted.verbs,
          seconds: wanted.expiresInSeconds,
        },
        center.now(),
      );
      const url = copyUrl(copy.node.url, id);
      return { nodeName: copy.node.name, url, token, jti, expiresAt: new Date(exp * 1000).toISOString() };
    }),
  );
  await center.events.record({
    level: wanted.verbs.some((verb) => verb !== 'read' && verb !== 'lock') ? 'warn' : 'info',
    kind: 'access-tokens-issued',
    remark: say('access-tokens-issued', { by, verbs: [...wanted.verbs], of: row.sourceAddress ?? id }),
    subject: { type: 'repository', id },
  });
  return { copies };
}

/** When the newest snapshot of a repository was recorded, and the nodes that hold it. */
export async function newestSnapshotOf(
  center: Pick<Center, 'db'>,
  id: string,
): Promise<{ recordedAt: Date; nodeIds: string[] } | undefined> {
  return (await newestSnapshots(center.db, [id])).get(id);
}

async function viewAll(center: Center, rows: RepositoryRow[]): Promise<Repository[]> {
  const newest = await newestSnapshots(
    center.db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => viewRepository(row, newest.get(row.id), center));
}
