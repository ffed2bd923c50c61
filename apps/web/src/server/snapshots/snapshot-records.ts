import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;

const withCopies = {
  copies: { include: { copy: { include: { node: true } } }, orderBy: { recordedAt: 'asc' } },
} as const satisfies Prisma.SnapshotInclude;
export type SnapshotRow = Prisma.SnapshotGetPayload<{ include: typeof withCopies }>;

export async function insertSnapshot(store: Store, snapshot: Prisma.SnapshotCreateManyInput): Promise<void> {
  await store.snapshot.createMany({ data: [snapshot], skipDuplicates: true });
}

/** Only for a snapshot of that repository: an id that another repository has is not to be linked to this one. */
export async function insertSnapshotCopy(
  store: Store,
  copy: Prisma.SnapshotCopyCreateManyInput,
): Promise<void> {
  const there = await store.snapshot.findUnique({
    where: { id: copy.snapshotId },
    select: { repositoryId: true },
  });
  if (there?.repositoryId !== copy.repositoryId) return;
  await store.snapshotCopy.createMany({ data: [copy], skipDuplicates: true });
}

/** Those that were there already stay as they are; returns how many were not. */
export async function insertSnapshots(
  store: Store,
  snapshots: Prisma.SnapshotCreateManyInput[],
): Promise<number> {
  return (await store.snapshot.createMany({ data: snapshots, skipDuplicates: true })).count;
}

/** They lie on this copy; ids that are another repository's are passed over. */
export async function insertSnapshotsOfCopy(
  store: Store,
  copy: { repositoryId: string; nodeId: string; recordedAt: Date },
  ids: string[],
): Promise<void> {
  const { repositoryId } = copy;
  const own = await store.snapshot.findMany({
    where: { repositoryId, id: { in: ids } },
    select: { id: true },
  });
  const data = own.map(({ id }) => ({ ...copy, snapshotId: id }));
  await store.snapshotCopy.createMany({ data, skipDuplicates: true });
}

export async function findSnapshot(store: Store, id: string): Promise<SnapshotRow | null> {
  return store.snapshot.findFirst({ where: { id, forgottenAt: null }, include: withCopies });
}

export interface SnapshotFilter {
  sourceAddress?: string | undefined;
  taskId?: string | undefined;
  repositoryId?: string | undefined;
}

/** Newest first, one more than `limit`. */
export async function findSnapshots(
  store: Store,
  filter: SnapshotFilter,
  page: { limit: number; after: { recordedAt: Date; id: string } | undefined },
): Promise<SnapshotRow[]> {
  const { after } = page;
  return store.snapshot.findMany({
    where: {
      forgottenAt: null,
      ...(filter.sourceAddress === undefined ? {} : { sourceAddress: filter.sourceAddress }),
      ...(filter.taskId === undefined ? {} : { taskId: filter.taskId }),
      ...(filter.repositoryId === undefined ? {} : { repositoryId: filter.repositoryId }),
      ...(after === undefined
        ? {}
        : {
            OR: [
              { recordedAt: { lt: after.recordedAt } },
              { recordedAt: after.recordedAt, id: { lt: after.id } },
            ],
          }),
    },
    orderBy: [{ recordedAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
    include: withCopies,
  });
}

/** A task's last `limit` snapshots, oldest first, with what they had stored and where they lie. */
export async function pastSnapshots(
  store: Store,
  of: { taskId: string; repositoryId: string },
  limit: number,
): Promise<
  {
    id: string;
    runId: string | null;
    bytes: bigint | null;
    storedBytes: bigint | null;
    copies: { nodeId: string }[];
  }[]
> {
  const rows = await store.snapshot.findMany({
    where: { ...of, forgottenAt: null },
    orderBy: [{ recordedAt: 'desc' }, { id: 'desc' }],
    take: limit,
    select: {
      id: true,
      runId: true,
      bytes: true,
      storedBytes: true,
      copies: { select: { nodeId: true }, orderBy: { recordedAt: 'asc' } },
    },
  });
  return rows.reverse();
}

/** The newest snapshot that came with an adopted repository and has one of these paths, with where it lies. */
export async function newestAdopted(
  store: Store,
  of: { repositoryId: string; paths: string[] },
): Promise<{ bytes: bigint | null; copies: { nodeId: string }[] } | null> {
  const { repositoryId, paths } = of;
  return store.snapshot.findFirst({
    where: { repositoryId, taskId: null, runId: null, forgottenAt: null, paths: { hasSome: paths } },
    orderBy: [{ recordedAt: 'desc' }, { id: 'desc' }],
    select: { bytes: true, copies: { select: { nodeId: true }, orderBy: { recordedAt: 'asc' } } },
  });
}

/** Nodes whose copies of this repository hold a snapshot, of whatever task. */
export async function nodesWithSnapshots(store: Store, repositoryId: string): Promise<ReadonlySet<string>> {
  const rows = await store.snapshotCopy.findMany({
    where: { repositoryId, snapshot: { forgottenAt: null } },
    distinct: ['nodeId'],
    select: { nodeId: true },
  });
  return new Set(rows.map((row) => row.nodeId));
}

const withNodes = { copies: { select: { nodeId: true } } } as const satisfies Prisma.SnapshotInclude;
export type RecordedSnapshot = Prisma.SnapshotGetPayload<{ include: typeof withNodes }>;

/** What runs of tasks have left in a repository, of one task or of all. */
export async function recordedSnapshots(
  store: Store,
  of: { repositoryId?: string; taskId?: string },
): Promise<RecordedSnapshot[]> {
  return store.snapshot.findMany({
    where: { taskId: { not: null }, ...of, runId: { not: null }, forgottenAt: null },
    orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
    include: withNodes,
  });
}

/** Of these ids, those that the catalog has, forgotten ones too. */
export async function catalogedIds(
  store: Store,
  repositoryId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await store.snapshot.findMany({
    where: { repositoryId, id: { in: [...ids] } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** Nodes whose copies hold any of these snapshots, forgotten ones too. */
export async function nodesWithAny(
  store: Store,
  repositoryId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await store.snapshotCopy.findMany({
    where: { repositoryId, snapshotId: { in: [...ids] } },
    distinct: ['nodeId'],
    select: { nodeId: true },
  });
  return new Set(rows.map((row) => row.nodeId));
}

/** Snapshots that were forgotten, and are found on a copy all the same. Oldest first. */
export async function forgottenButThere(store: Store, repositoryId: string): Promise<string[]> {
  const rows = await store.snapshot.findMany({
    where: { repositoryId, forgottenAt: { not: null }, copies: { some: {} } },
    orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

export async function liveTrees(store: Store, repositoryId: string): Promise<string[]> {
  const rows = await store.snapshot.findMany({
    where: { repositoryId, forgottenAt: null, copies: { some: {} } },
    select: { tree: true },
  });
  return rows.map(({ tree }) => tree);
}

/** These snapshots are no longer on this copy. */
export async function removeSnapshotCopies(
  store: Store,
  copy: { repositoryId: string; nodeId: string },
  ids: readonly string[],
): Promise<void> {
  await store.snapshotCopy.deleteMany({ where: { ...copy, snapshotId: { in: [...ids] } } });
}

/** Of these snapshots, those that no copy has any more are forgotten. */
export async function forgetUnheld(
  store: Store,
  repositoryId: string,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await store.snapshot.updateMany({
    where: { repositoryId, id: { in: [...ids] }, forgottenAt: null, copies: { none: {} } },
    data: { forgottenAt: at },
  });
}

/** Whether no other snapshot of the task is left. */
export async function isLastOfTask(
  store: Store,
  { id, taskId }: { id: string; taskId: string },
): Promise<boolean> {
  const other = await store.snapshot.findFirst({
    where: { taskId, id: { not: id }, forgottenAt: null },
    select: { id: true },
  });
  return other === null;
}

export async function markConfirmed(store: Store, id: string, at: Date): Promise<boolean> {
  const { count } = await store.snapshot.updateMany({
    where: { id, forgottenAt: null },
    data: { confirmedAt: at },
  });
  return count > 0;
}
