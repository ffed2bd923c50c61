import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;

export interface CopyKey {
  repositoryId: string;
  nodeId: string;
}

const withSnapshots = {
  nodeId: true,
  createdAt: true,
  bytes: true,
  home: true,
  lastPrunedAt: true,
  lastCheckedAt: true,
  replicatedAt: true,
  replicateAfter: true,
  replicationFailures: true,
  snapshots: { where: { snapshot: { forgottenAt: null } }, select: { snapshotId: true } },
} as const satisfies Prisma.CopySelect;
export type CopyRow = Prisma.CopyGetPayload<{ select: typeof withSnapshots }>;

/** Copies of a repository with the snapshots that each is known to hold, but for forgotten ones. Oldest copy first. */
export async function copiesWithSnapshots(store: Store, repositoryId: string): Promise<CopyRow[]> {
  return store.copy.findMany({
    where: { repositoryId },
    select: withSnapshots,
    orderBy: [{ createdAt: 'asc' }, { nodeId: 'asc' }],
  });
}

/** Of these snapshots, those that were forgotten. */
export async function forgottenAmong(
  store: Store,
  repositoryId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await store.snapshot.findMany({
    where: { repositoryId, id: { in: [...ids] }, forgottenAt: { not: null } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** These snapshots lie on this copy. Of those that the catalog does not have nothing is written. */
export async function noteHeld(store: Store, copy: CopyKey, ids: readonly string[]): Promise<void> {
  const { repositoryId, nodeId } = copy;
  const known = await store.snapshot.findMany({
    where: { repositoryId, id: { in: [...ids] }, copies: { none: { nodeId } } },
    select: { id: true },
  });
  if (known.length === 0) return;
  await store.snapshotCopy.createMany({
    data: known.map(({ id }) => ({ snapshotId: id, repositoryId, nodeId })),
    skipDuplicates: true,
  });
}

export async function keepHomes(store: Store, repositoryId: string, homes: readonly string[]): Promise<void> {
  const nodeIds = [...homes];
  await store.copy.updateMany({
    where: { repositoryId, nodeId: { in: nodeIds }, home: false },
    data: { home: true },
  });
  await store.copy.updateMany({
    where: { repositoryId, nodeId: { notIn: nodeIds }, home: true },
    data: { home: false },
  });
}

export async function noteReplicated(store: Store, copy: CopyKey, at: Date, wrote: boolean): Promise<void> {
  await store.copy.updateMany({
    where: copy,
    data: {
      replicatedAt: at,
      replicationFailures: 0,
      replicateAfter: null,
      ...(wrote ? { lastWriteAt: at } : {}),
    },
  });
}

/** A copy was made the same as another: what was pruned there is pruned here. */
export async function notePrunedAs(store: Store, copy: CopyKey, sourceId: string): Promise<void> {
  const { repositoryId } = copy;
  const source = await store.copy.findUnique({
    where: { repositoryId_nodeId: { repositoryId, nodeId: sourceId } },
    select: { lastPrunedAt: true },
  });
  if (source === null) return;
  await store.copy.updateMany({ where: copy, data: { lastPrunedAt: source.lastPrunedAt } });
}

/** Nothing is fetched to this copy before `until`; counts as failed when `failed`. */
export async function holdBack(store: Store, copy: CopyKey, until: Date, failed: boolean): Promise<void> {
  await store.copy.updateMany({
    where: copy,
    data: { replicateAfter: until, ...(failed ? { replicationFailures: { increment: 1 } } : {}) },
  });
}

/** Takes the turn of looking after a run: one of several that try at once gets it. */
export async function takeTurn(
  store: Store,
  run: { id: string; attempt: number; tendedAt: Date | null },
  at: Date,
): Promise<boolean> {
  const { count } = await store.run.updateMany({
    where: { id: run.id, attempt: run.attempt, tendedAt: run.tendedAt },
    data: { tendedAt: at },
  });
  return count === 1;
}

/** How many replications to this node, of whatever repository, are in hand. */
export async function countReplicationsTo(store: Store, nodeId: string): Promise<number> {
  return store.run.count({
    where: {
      kind: 'replicate',
      state: { in: ['dispatched', 'running'] },
      order: { path: ['nodeId'], equals: nodeId },
    },
  });
}

/** Replications to this node that are in hand. */
export async function replicationsTo(
  store: Store,
  nodeId: string,
): Promise<{ id: string; attempt: number; dispatchedAt: Date | null }[]> {
  return store.run.findMany({
    where: {
      kind: 'replicate',
      state: { in: ['dispatched', 'running'] },
      order: { path: ['nodeId'], equals: nodeId },
    },
    select: { id: true, attempt: true, dispatchedAt: true },
  });
}

/** Every repository with how many snapshots, recorded before a time, it has and each of its copies holds. */
export async function copyCounts(store: Store, before: Date) {
  const old = { forgottenAt: null, recordedAt: { lt: before } };
  return store.repository.findMany({
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      sourceAddress: true,
      _count: { select: { snapshots: { where: { ...old, copies: { some: {} } } } } },
      copies: {
        select: { nodeId: true, home: true, _count: { select: { snapshots: { where: { snapshot: old } } } } },
      },
    },
  });
}
