import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;

const withCopies = {
  copies: {
    include: {
      node: true,
      _count: { select: { snapshots: { where: { snapshot: { forgottenAt: null } } } } },
    },
    orderBy: { createdAt: 'asc' },
  },
  _count: { select: { snapshots: { where: { forgottenAt: null, copies: { some: {} } } } } },
} as const satisfies Prisma.RepositoryInclude;
export type RepositoryRow = Prisma.RepositoryGetPayload<{ include: typeof withCopies }>;

export interface NewRepository {
  id: string;
  sourceAddress: string | null;
  sealedPassword: Uint8Array<ArrayBuffer>;
  configBytes: Uint8Array<ArrayBuffer>;
  keyName: string;
  keyBytes: Uint8Array<ArrayBuffer>;
  formatVersion?: number;
  adoptedAt?: Date;
}

/** False when its id or its address is taken. */
export async function insertRepository(store: Store, given: NewRepository): Promise<boolean> {
  return (await store.repository.createMany({ data: [given], skipDuplicates: true })).count === 1;
}

/** Keeps a new repository unless the address has got one meanwhile; either way the one that counts comes back. */
export async function keepRepository(
  db: Database,
  given: NewRepository,
): Promise<{ id: string; created: boolean }> {
  if (await insertRepository(db, given)) return { id: given.id, created: true };
  const there = await db.repository.findFirstOrThrow({
    where: given.sourceAddress === null ? { id: given.id } : { sourceAddress: given.sourceAddress },
    select: { id: true },
  });
  return { id: there.id, created: false };
}

export async function findRepository(store: Store, id: string): Promise<RepositoryRow | null> {
  return store.repository.findUnique({ where: { id }, include: withCopies });
}

export async function repositoryIdOf(store: Store, sourceAddress: string): Promise<string | null> {
  const row = await store.repository.findUnique({ where: { sourceAddress }, select: { id: true } });
  return row?.id ?? null;
}

export async function repositoryIdWithConfig(
  store: Store,
  configBytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  return (await store.repository.findFirst({ where: { configBytes }, select: { id: true } }))?.id ?? null;
}

/** Stock restic has migrated it: the config is another one. */
export async function saveMigrated(
  store: Store,
  id: string,
  { configBytes, formatVersion }: Pick<Required<NewRepository>, 'configBytes' | 'formatVersion'>,
): Promise<void> {
  await store.repository.updateMany({ where: { id }, data: { configBytes, formatVersion } });
}

/** Oldest first, one more than `limit`. */
export async function findRepositories(
  store: Store,
  page: { limit: number; after: { createdAt: Date; id: string } | undefined },
): Promise<RepositoryRow[]> {
  const { after } = page;
  return store.repository.findMany({
    where:
      after === undefined
        ? {}
        : {
            OR: [
              { createdAt: { gt: after.createdAt } },
              { createdAt: after.createdAt, id: { gt: after.id } },
            ],
          },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: page.limit + 1,
    include: withCopies,
  });
}

/** The newest snapshot of each repository, and the nodes that hold it. */
export async function newestSnapshots(
  store: Store,
  repositoryIds: string[],
): Promise<Map<string, { recordedAt: Date; nodeIds: string[] }>> {
  const rows = await store.snapshot.findMany({
    where: { repositoryId: { in: repositoryIds }, forgottenAt: null },
    orderBy: [{ repositoryId: 'asc' }, { recordedAt: 'desc' }, { id: 'desc' }],
    distinct: ['repositoryId'],
    select: { repositoryId: true, recordedAt: true, copies: { select: { nodeId: true } } },
  });
  return new Map(
    rows.map((row) => [
      row.repositoryId,
      { recordedAt: row.recordedAt, nodeIds: row.copies.map(({ nodeId }) => nodeId) },
    ]),
  );
}

/** Makes sure the copy is known. False when there is no such node any more. */
export async function keepCopy(
  store: Store,
  copy: { repositoryId: string; nodeId: string },
): Promise<boolean> {
  const node = await store.storageNode.findUnique({ where: { id: copy.nodeId }, select: { id: true } });
  if (node === null) return false;
  await store.copy.createMany({ data: [copy], skipDuplicates: true });
  return true;
}

export async function markCopyWritten(
  store: Store,
  copy: { repositoryId: string; nodeId: string },
  at: Date,
): Promise<void> {
  await store.copy.updateMany({ where: copy, data: { lastWriteAt: at } });
}

/** What a node says of the repositories in its store. */
export async function measureCopies(
  store: Store,
  nodeId: string,
  measured: readonly { repositoryId: string; bytes: number; files: number }[],
): Promise<void> {
  for (const { repositoryId, bytes, files } of measured) {
    await store.copy.updateMany({
      where: { repositoryId, nodeId, NOT: { bytes, files } },
      data: { bytes, files },
    });
  }
}

export async function copiesOf(
  store: Store,
  repositoryId: string,
): Promise<{ nodeId: string; bytes: bigint; lastWriteAt: Date | null }[]> {
  return store.copy.findMany({
    where: { repositoryId },
    select: { nodeId: true, bytes: true, lastWriteAt: true },
  });
}

export async function copiesOnNode(store: Store, nodeId: string): Promise<{ repositoryId: string }[]> {
  return store.copy.findMany({ where: { nodeId }, select: { repositoryId: true } });
}

export async function everyCopy(
  store: Store,
): Promise<
  { repositoryId: string; node: { id: string; name: string; url: string; lastHeartbeatAt: Date | null } }[]
> {
  return store.copy.findMany({
    orderBy: [{ repositoryId: 'asc' }, { nodeId: 'asc' }],
    select: {
      repositoryId: true,
      node: { select: { id: true, name: true, url: true, lastHeartbeatAt: true } },
    },
  });
}
