import { randomUUID } from 'node:crypto';
import type { RecoveryKit, Repository } from '@breakwater/contract/resources';
import type { Verb } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { requireSourceAgent } from '../agents/require-source-agent.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { wantedCopies } from '../tasks/task-copies.ts';
import { copyUrl } from './create-copy.ts';
import { ensureRepository } from './ensure-repository.ts';
import { confirmKit, findKitSnapshots, repositoriesWithoutKit } from './kit-records.ts';
import { type KitCopy, recoveryCommands } from './recovery-commands.ts';
import { repositoryAccess, requireRepository } from './repository-access.ts';
import { findRepositories, newestSnapshots, type RepositoryRow } from './repository-records.ts';
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
 * What somebody needs to restore without Breakwater: the password, where the copies are that hold the newest snapshot
 * of any task (all of them before there is one), and stock restic's commands for each of these snapshots.
 */
export async function recoveryKit(center: Center, id: string, by: string): Promise<RecoveryKit> {
  const { password, row } = await repositoryAccess(center, id);
  const kit = await copiesOfKit(center, row);
  const copies = await Promise.all(
    kit.map(async ({ copy, snapshotIds }): Promise<KitCopy> => {
      const path = await pathOnNode(center, copy.nodeId, id);
      return { node: copy.node.name, url: copyUrl(copy.node.url, id), path, snapshotIds };
    }),
  );
  await center.events.record({
    level: 'info',
    kind: 'recovery-kit-read',
    remark: say('recovery-kit-read', { by, of: row.sourceAddress ?? id }),
    subject: { type: 'repository', id },
  });
  return {
    repositoryId: id,
    password,
    copies: copies.map(({ node, url, path }) => ({ node, url, path })),
    commands: recoveryCommands(id, password, copies),
  };
}

/** The copies in the kit with the snapshots to restore from each, newest first; the copy with the newest of all first. */
async function copiesOfKit(
  center: Pick<Center, 'db'>,
  row: RepositoryRow,
): Promise<{ copy: RepositoryRow['copies'][number]; snapshotIds: string[] }[]> {
  const snapshots = (await findKitSnapshots(center.db, row.id)).get(row.id) ?? [];
  const rank = (nodeId: string) => snapshots.findIndex(({ nodeIds }) => nodeIds.includes(nodeId));
  return row.copies
    .filter(({ nodeId }) => snapshots.length === 0 || rank(nodeId) !== -1)
    .sort((a, b) => rank(a.nodeId) - rank(b.nodeId))
    .map((copy) => ({
      copy,
      snapshotIds: snapshots.filter(({ nodeIds }) => nodeIds.includes(copy.nodeId)).map((one) => one.id),
    }));
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
  const row = await requireRepository(center, id);
  const kit = await copiesOfKit(center, row);
  const copies = kit.map(({ copy }) => ({ nodeId: copy.nodeId, url: copy.node.url }));
  await center.events.withChange(async (tx, tell) => {
    if (!(await confirmKit(tx, id, { at: new Date(center.now()), copies }))) {
      throw new Failure('not-found', `there is no repository ${id}`);
    }
    await tell({
      level: 'info',
      kind: 'recovery-kit-confirmed',
      remark: say('recovery-kit-confirmed', { by, of: row.sourceAddress ?? id }),
      subject: { type: 'repository', id },
    });
  });
  center.live.changed('repositories', id);
  return getRepository(center, id);
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
  const [newest, needed] = await Promise.all([
    newestSnapshots(
      center.db,
      rows.map((row) => row.id),
    ),
    findKitSnapshots(center.db, rows.length === 1 ? (rows[0]?.id ?? null) : null),
  ]);
  const wanted = await Promise.all(
    rows.map(({ id, copies }) => wantedCopies(center, id, copies.filter(({ home }) => home).length)),
  );
  return rows.map((row, at) =>
    viewRepository(row, newest.get(row.id), needed.get(row.id) ?? [], wanted[at] ?? 1, center),
  );
}
