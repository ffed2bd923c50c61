import { createHash } from 'node:crypto';
import type { Remark } from '@breakwater/contract/remark';
import type { RunState } from '@breakwater/domain/run-state';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { RunAsk } from './run-ask.ts';

/** The database or a transaction in it. */
export type RunStore = Database | Prisma.TransactionClient;

const withTask = { task: { select: { name: true } } } as const satisfies Prisma.RunInclude;
export type RunRow = Prisma.RunGetPayload<{ include: typeof withTask }>;

export const ACTIVE_STATES = ['dispatched', 'running'] as const satisfies RunState[];
export const PENDING_STATES = ['queued', 'waiting'] as const satisfies RunState[];

/**
 * Holds `name` until the transaction ends, over all control-center instances: who decides about one agent's or one
 * task's runs does so alone.
 */
export async function holdLock(tx: Prisma.TransactionClient, name: string): Promise<void> {
  const key = createHash('sha256').update(name).digest().readBigInt64BE(0);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${key})`;
}

export interface NewRun {
  kind: RunAsk['kind'];
  taskId: string | null;
  sourceAddress: string | null;
  agentId: string | null;
  repositoryId: string | null;
  trigger: 'manual' | 'schedule' | 'api';
  ifAgentSilent: 'stop' | 'wait';
  ask: RunAsk;
}

export async function insertRun(
  store: RunStore,
  given: NewRun,
  written: { createdAt?: Date; state?: RunState; remark?: Remark; endedAt?: Date } = {},
): Promise<RunRow> {
  const { ask, ...fields } = given;
  const { remark, ...rest } = written;
  const why = remark === undefined ? {} : reasonOf(remark);
  return store.run.create({ data: { ...fields, order: ask, ...rest, ...why }, include: withTask });
}

export async function findRun(store: RunStore, id: string): Promise<RunRow | null> {
  return store.run.findUnique({ where: { id }, include: withTask });
}

/** The run, and nobody else may change it until the transaction ends. */
export async function lockRun(tx: Prisma.TransactionClient, id: string): Promise<RunRow | null> {
  await tx.$executeRaw`SELECT 1 FROM "run" WHERE "id" = ${id}::uuid FOR UPDATE`;
  return findRun(tx, id);
}

/** What is written of a run's reason: the sentence, and what it says. */
export function reasonOf(remark: Remark | null) {
  return { reason: remark?.text ?? null, remark: remark ?? Prisma.DbNull };
}

/** Changes the run if it is still in the state and attempt that `from` was read with; null when it is not. */
export async function compareAndSetRun(
  store: RunStore,
  from: Pick<RunRow, 'id' | 'state' | 'attempt'>,
  data: RunChange & { state: RunState },
): Promise<RunRow | null> {
  const { count } = await store.run.updateMany({
    where: { id: from.id, state: from.state, attempt: from.attempt },
    data,
  });
  return count === 0 ? null : findRun(store, from.id);
}

export type RunChange = Prisma.RunUpdateManyMutationInput & {
  agentId?: string | null;
  repositoryId?: string | null;
};

/** Fields that go with the current attempt and change no state. False when the run has moved on. */
export async function noteOnRun(
  store: RunStore,
  of: { id: string; attempt: number },
  data: Prisma.RunUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await store.run.updateMany({
    where: { id: of.id, attempt: of.attempt, state: { in: [...ACTIVE_STATES] } },
    data,
  });
  return count > 0;
}

/** Remembers that a run is to be cancelled, whatever becomes of it meanwhile. */
export async function rememberCancel(store: RunStore, id: string, at: Date, why: Remark): Promise<void> {
  await store.run.updateMany({
    where: { id, state: { in: [...ACTIVE_STATES] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: at, ...reasonOf(why) },
  });
}

export async function pendingRunOfTask(store: RunStore, taskId: string): Promise<RunRow | null> {
  return store.run.findFirst({
    where: { taskId, kind: 'backup', state: { in: [...PENDING_STATES] } },
    orderBy: { createdAt: 'asc' },
    include: withTask,
  });
}

export async function pendingRunsOf(store: RunStore, repositoryId: string, kind: string): Promise<RunRow[]> {
  return store.run.findMany({
    where: { repositoryId, kind, state: { in: [...PENDING_STATES] } },
    orderBy: { createdAt: 'asc' },
    include: withTask,
  });
}

export async function countActiveBackups(store: RunStore, agentId: string, except: string): Promise<number> {
  return store.run.count({
    where: { agentId, kind: 'backup', state: { in: [...ACTIVE_STATES] }, id: { not: except } },
  });
}

export async function activeRuns(store: RunStore, agentIds?: string[]): Promise<RunRow[]> {
  return store.run.findMany({
    where: {
      state: { in: [...ACTIVE_STATES] },
      ...(agentIds === undefined ? {} : { agentId: { in: agentIds } }),
    },
    include: withTask,
  });
}

/** Runs of a repository that agents have in hand, but for one. */
export async function activeRunsOf(
  store: RunStore,
  repositoryId: string,
  except?: string,
): Promise<RunRow[]> {
  return store.run.findMany({
    where: {
      repositoryId,
      state: { in: [...ACTIVE_STATES] },
      ...(except === undefined ? {} : { id: { not: except } }),
    },
    orderBy: { createdAt: 'asc' },
    include: withTask,
  });
}

/** Runs of a repository that have not ended. */
export async function openRunsOf(store: RunStore, repositoryId: string): Promise<RunRow[]> {
  return store.run.findMany({
    where: { repositoryId, state: { in: [...PENDING_STATES, ...ACTIVE_STATES] } },
    orderBy: { createdAt: 'asc' },
    include: withTask,
  });
}

/** Runs that have not gone out; with `before`, only those made earlier. Oldest first. */
export async function pendingRuns(
  store: RunStore,
  filter: { before?: Date; repositoryId?: string },
): Promise<RunRow[]> {
  return store.run.findMany({
    where: {
      state: { in: [...PENDING_STATES] },
      ...(filter.before === undefined ? {} : { createdAt: { lt: filter.before } }),
      ...(filter.repositoryId === undefined ? {} : { repositoryId: filter.repositoryId }),
    },
    orderBy: { createdAt: 'asc' },
    include: withTask,
  });
}

export interface RunFilter {
  state?: RunState[] | undefined;
  kind?: string | undefined;
  taskId?: string | undefined;
  sourceAddress?: string | undefined;
  /** Made at this time or later. */
  from?: Date;
  /** Made before. */
  to?: Date;
}

/** Newest first, `limit` of them from `after` on. */
export async function listRuns(
  store: RunStore,
  filter: RunFilter,
  page: { limit: number; after: { createdAt: Date; id: string } | null },
): Promise<RunRow[]> {
  const { after } = page;
  const { from, to } = filter;
  return store.run.findMany({
    where: {
      ...(filter.state === undefined ? {} : { state: { in: filter.state } }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...(filter.taskId === undefined ? {} : { taskId: filter.taskId }),
      ...(filter.sourceAddress === undefined ? {} : { sourceAddress: filter.sourceAddress }),
      createdAt: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) },
      ...(after === null
        ? {}
        : {
            OR: [
              { createdAt: { lt: after.createdAt } },
              { createdAt: after.createdAt, id: { lt: after.id } },
            ],
          }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: page.limit,
    include: withTask,
  });
}

/** True the first time, false for a report that has taken effect already. */
export async function markReportApplied(
  tx: Prisma.TransactionClient,
  report: { runId: string; attempt: number; seq: number },
): Promise<boolean> {
  const { count } = await tx.appliedReport.createMany({ data: [report], skipDuplicates: true });
  return count === 1;
}

/** Runs of a repository that have, or have left, lock files. */
export async function runsWithLocks(
  store: RunStore,
  repositoryId: string,
): Promise<Pick<RunRow, 'id' | 'state' | 'locks'>[]> {
  return store.run.findMany({
    where: { repositoryId, NOT: { locks: { equals: [] } } },
    select: { id: true, state: true, locks: true },
  });
}

/** Changes the locks of a run that has ended. */
export async function keepLocks(
  db: Database,
  id: string,
  change: (locks: unknown) => Prisma.InputJsonArray,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const run = await lockRun(tx, id);
    if (run !== null) await tx.run.update({ where: { id }, data: { locks: change(run.locks) } });
  });
}

export async function lastEndedRun(
  store: RunStore,
  repositoryId: string,
  kind: string,
): Promise<Pick<RunRow, 'state' | 'endedAt'> | null> {
  return store.run.findFirst({
    where: { repositoryId, kind, endedAt: { not: null } },
    orderBy: { endedAt: 'desc' },
    select: { state: true, endedAt: true },
  });
}
