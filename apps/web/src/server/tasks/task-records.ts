import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import { type Retention, retention } from '@breakwater/contract/retention';
import {
  type NamedCommand,
  namedCommand,
  type RunHooks,
  runHooks,
} from '@breakwater/contract/source-commands';
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';

type Store = Database | Prisma.TransactionClient;
export type TaskRow = Prisma.TaskGetPayload<object>;

/** Null where the task keeps all of its snapshots. */
export function retentionOf(row: Pick<TaskRow, 'retention'>): Retention | null {
  return row.retention === null ? null : retention.parse(row.retention);
}

/** What the task runs on its server. */
export function storedCommands(row: Pick<TaskRow, 'commands' | 'hooks'>): {
  commands: NamedCommand[];
  hooks: RunHooks;
} {
  return { commands: z.array(namedCommand).parse(row.commands), hooks: runHooks.parse(row.hooks) };
}

export function storedRetention(given: Retention | null) {
  return { retention: given ?? Prisma.DbNull };
}

export async function limitedTasks(store: Store): Promise<Pick<TaskRow, 'id' | 'bandwidth'>[]> {
  return store.task.findMany({
    where: { NOT: { bandwidth: { equals: Prisma.DbNull } } },
    select: { id: true, bandwidth: true },
  });
}

export function storedBandwidth(given: BandwidthLimitGiven | null) {
  return { bandwidth: given ?? Prisma.DbNull };
}

export async function insertTask(store: Store, data: Prisma.TaskUncheckedCreateInput): Promise<TaskRow> {
  return store.task.create({ data });
}

export async function findTask(store: Store, id: string): Promise<TaskRow | null> {
  return store.task.findFirst({ where: { id, deletedAt: null } });
}

/** Oldest first, one more than `limit`. */
export async function findTasks(
  store: Store,
  filter: { sourceAddress?: string | undefined },
  page: { limit: number; after: { createdAt: Date; id: string } | undefined },
): Promise<TaskRow[]> {
  const { after } = page;
  return store.task.findMany({
    where: {
      deletedAt: null,
      ...(filter.sourceAddress === undefined ? {} : { sourceAddress: filter.sourceAddress }),
      ...(after === undefined
        ? {}
        : {
            OR: [
              { createdAt: { gt: after.createdAt } },
              { createdAt: after.createdAt, id: { gt: after.id } },
            ],
          }),
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: page.limit + 1,
  });
}

export async function tasksById(store: Store, ids: string[]): Promise<TaskRow[]> {
  return store.task.findMany({ where: { id: { in: ids }, deletedAt: null }, orderBy: { id: 'asc' } });
}

export async function allTasks(store: Store): Promise<TaskRow[]> {
  return store.task.findMany({ where: { deletedAt: null }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

/** Tasks whose backups go to this repository, by their own wish or because it is their server's. */
export async function tasksOfRepository(store: Store, repositoryId: string): Promise<TaskRow[]> {
  const repository = await store.repository.findUnique({
    where: { id: repositoryId },
    select: { sourceAddress: true },
  });
  const sourceAddress = repository?.sourceAddress ?? null;
  return store.task.findMany({
    where: {
      deletedAt: null,
      OR: [{ repositoryId }, ...(sourceAddress === null ? [] : [{ repositoryId: null, sourceAddress }])],
    },
    orderBy: { createdAt: 'asc' },
  });
}

export async function updateTask(
  store: Store,
  id: string,
  data: Prisma.TaskUncheckedUpdateManyInput,
): Promise<boolean> {
  return (await store.task.updateMany({ where: { id, deletedAt: null }, data })).count > 0;
}

/** Tasks whose time has come, or was missed. */
export async function dueTasks(store: Store, at: Date): Promise<TaskRow[]> {
  return store.task.findMany({
    where: { deletedAt: null, cron: { not: null }, nextRunAt: { lte: at } },
    orderBy: { nextRunAt: 'asc' },
  });
}

/** Moves a task's next time on, if it is still what it was read as: of several that try, one does. */
export async function advanceSchedule(
  store: Store,
  id: string,
  from: Date,
  to: Date | null,
): Promise<boolean> {
  const { count } = await store.task.updateMany({
    where: { id, nextRunAt: from, deletedAt: null },
    data: { nextRunAt: to },
  });
  return count === 1;
}

export interface TaskRuns {
  last: { id: string; state: string; endedAt: Date | null; createdAt: Date } | null;
  lastSuccessAt: Date | null;
}

/** Each task's newest run and last success, in two queries however many tasks. */
export async function runsOfTasks(store: Store, ids: readonly string[]): Promise<Map<string, TaskRuns>> {
  const taskId = { in: [...ids] };
  const [newest, successes] = await Promise.all([
    store.run.findMany({
      where: { taskId },
      orderBy: [{ taskId: 'asc' }, { createdAt: 'desc' }],
      distinct: ['taskId'],
      select: { taskId: true, id: true, state: true, endedAt: true, createdAt: true },
    }),
    store.run.groupBy({
      by: ['taskId'],
      where: { taskId, kind: 'backup', state: 'succeeded' },
      _max: { endedAt: true },
    }),
  ]);
  const found = new Map<string, TaskRuns>();
  for (const id of ids) {
    const run = newest.find((one) => one.taskId === id);
    found.set(id, {
      last:
        run === undefined
          ? null
          : { id: run.id, state: run.state, endedAt: run.endedAt, createdAt: run.createdAt },
      lastSuccessAt: successes.find((one) => one.taskId === id)?._max.endedAt ?? null,
    });
  }
  return found;
}

export async function namesOfTasks(store: Store, ids: string[]): Promise<{ id: string; name: string }[]> {
  return store.task.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
}
