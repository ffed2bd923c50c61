import {
  NOTHING_TO_BACK_UP,
  type Task,
  type TaskAnswer,
  type TaskInput,
  type TaskPatch,
} from '@breakwater/contract/task';
import { Failure } from '@breakwater/domain/failure';
import { requireSourceAgent } from '../agents/require-source-agent.ts';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { requireVersion2 } from '../repositories/require-version-2.ts';
import type { RunAsk } from '../runs/run-ask.ts';
import { type StartedRun, startRun } from '../runs/start-run.ts';
import { judgeSchedule, nextTime } from '../schedules/cron.ts';
import { keepSchedule } from '../schedules/keep-schedule.ts';
import { pathWarnings } from './path-warnings.ts';
import { refuseCommands } from './refuse-commands.ts';
import {
  findTask,
  findTasks,
  insertTask,
  runsOfTasks,
  storedBandwidth,
  storedCommands,
  storedRetention,
  type TaskRow,
  updateTask,
} from './task-records.ts';
import { viewTask } from './task-view.ts';

export type { TaskRow } from './task-records.ts';

/**
 * Makes a task. Throws `unknown-address` for a server without an agent that backs up, `invalid-request` naming the
 * field for a schedule that does not parse or a node or repository that is not there. Of paths that do not exist now
 * it warns.
 */
export async function createTask(center: Center, input: TaskInput): Promise<TaskAnswer> {
  await requireSourceAgent(center, input.sourceAddress);
  refuseSchedule(input.schedule);
  await refuseNode(center, input.nodeId);
  if (input.repositoryId !== null) await refuseRepository(center, input.repositoryId);
  const { schedule, retention, bandwidth, ...fields } = input;
  await refuseCommands(center, input.sourceAddress, input);
  const warnings = await pathWarnings(center, input.sourceAddress, input.paths);
  const kept = { ...storedRetention(retention), retentionChangedAt: new Date(center.now()) };
  const row = await insertTask(center.db, {
    ...fields,
    ...kept,
    ...storedBandwidth(bandwidth),
    ...timesOf(schedule, center.now()),
  });
  await keepSchedule(center, row);
  center.live.changed('tasks', row.id);
  return { ...viewTask(row, undefined), warnings };
}

/** Oldest first; one more than `limit`, to see whether there is a next page. */
export async function listTasks(
  center: Pick<Center, 'db'>,
  filter: { sourceAddress?: string | undefined },
  page: { limit: number; after: { createdAt: Date; id: string } | undefined },
): Promise<Task[]> {
  const rows = await findTasks(center.db, filter, page);
  const runs = await runsOfTasks(
    center.db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => viewTask(row, runs.get(row.id)));
}

/** Throws `not-found`. */
export async function getTask(center: Pick<Center, 'db'>, id: string): Promise<Task> {
  const row = await requireTask(center, id);
  return viewTask(row, (await runsOfTasks(center.db, [id])).get(id));
}

export async function requireTask(center: Pick<Center, 'db'>, id: string): Promise<TaskRow> {
  const row = await findTask(center.db, id);
  if (row === null) throw new Failure('not-found', `there is no task ${id}`);
  return row;
}

/**
 * Changes what is given. Runs that are out keep what they were asked for, but for the bandwidth, which changes at once. Throws `unknown-address` when a
 * maintenance agent has taken the server's address since: such a task can only be deleted.
 */
export async function patchTask(center: Center, id: string, patch: TaskPatch): Promise<TaskAnswer> {
  const before = await requireTask(center, id);
  // A server whose agent was released may get another: its task can be changed meanwhile.
  if ((await center.agents.byAddress(before.sourceAddress)) !== null) {
    await requireSourceAgent(center, before.sourceAddress);
  }
  const strategy = patch.strategy ?? before.strategy;
  const nodeId = patch.nodeId === undefined ? before.nodeId : patch.nodeId;
  if ((strategy === 'pinned') !== (nodeId !== null)) {
    throw refusedField('nodeId', nodeId, 'a node id with strategy "pinned", and only then');
  }
  if (patch.schedule !== undefined) refuseSchedule(patch.schedule);
  if (patch.nodeId !== undefined) await refuseNode(center, patch.nodeId);
  const wanted = { ...storedCommands(before), ...given(patch) };
  if ((patch.paths ?? before.paths).length + wanted.commands.length === 0) {
    throw refusedField('paths', patch.paths ?? before.paths, NOTHING_TO_BACK_UP);
  }
  await refuseCommands(center, before.sourceAddress, wanted, storedCommands(before));
  const warnings =
    patch.paths === undefined ? [] : await pathWarnings(center, before.sourceAddress, patch.paths);
  const { schedule, retention, bandwidth, ...fields } = patch;
  await updateTask(center.db, id, {
    ...given(fields),
    ...(retention === undefined
      ? {}
      : { ...storedRetention(retention), retentionChangedAt: new Date(center.now()) }),
    ...(bandwidth === undefined ? {} : storedBandwidth(bandwidth)),
    ...(schedule === undefined ? {} : timesOf(schedule, center.now())),
  });
  if (bandwidth !== undefined) await center.links.pushBandwidth();
  const row = await requireTask(center, id);
  await keepSchedule(center, row);
  center.live.changed('tasks', id);
  return { ...(await getTask(center, id)), warnings };
}

/** The task is gone for people, and its schedule stops; its runs and snapshots stay. Throws `not-found`. */
export async function deleteTask(center: Center, id: string): Promise<void> {
  if (!(await updateTask(center.db, id, { deletedAt: new Date(center.now()), nextRunAt: null }))) {
    throw new Failure('not-found', `there is no task ${id}`);
  }
  await center.jobs.removeSchedule(id);
  center.live.changed('tasks', id);
}

/** Runs a task now. A run of it that has not gone out yet is taken instead of a new one. */
export async function startTask(center: Center, id: string, trigger: 'manual' | 'api'): Promise<StartedRun> {
  const task = await requireTask(center, id);
  return startRun(center, { ...runOfTask(task), trigger });
}

/** What a run of this task is asked to do, as the task is now. */
export function runOfTask(task: TaskRow) {
  const ask: RunAsk = {
    kind: 'backup',
    paths: task.paths,
    ...storedCommands(task),
    excludes: task.excludes,
    strategy:
      task.strategy === 'pinned' ? 'pinned' : task.strategy === 'fastest' ? 'fastest' : 'finish-first',
    pinnedNodeId: task.nodeId,
  };
  return {
    kind: 'backup' as const,
    taskId: task.id,
    sourceAddress: task.sourceAddress,
    agentId: null,
    repositoryId: task.repositoryId,
    ifAgentSilent: task.ifAgentSilent === 'wait' ? ('wait' as const) : ('stop' as const),
    ask,
  };
}

function timesOf(schedule: TaskInput['schedule'], now: number) {
  if (schedule === null) return { cron: null, timeZone: null, nextRunAt: null };
  const next = nextTime(schedule, now);
  return {
    cron: schedule.cron,
    timeZone: schedule.timeZone,
    nextRunAt: next === null ? null : new Date(next),
  };
}

function refuseSchedule(schedule: TaskInput['schedule']): void {
  if (schedule === null) return;
  const verdict = judgeSchedule(schedule);
  if (!verdict.ok) throw refusedField(`schedule.${verdict.field}`, schedule[verdict.field], verdict.expected);
}

async function refuseNode(center: Center, nodeId: string | null): Promise<void> {
  if (nodeId === null || (await center.storageNodes.record(nodeId)) !== null) return;
  throw refusedField('nodeId', nodeId, 'the id of an enrolled storage node');
}

async function refuseRepository(center: Center, repositoryId: string): Promise<void> {
  try {
    await requireVersion2(center, repositoryId);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'not-found')
      throw refusedField('repositoryId', repositoryId, 'the id of a repository');
    if (error.code !== 'unsupported-format') throw error;
    throw refusedField('repositoryId', repositoryId, `one that can be written to, but ${error.message}`);
  }
}

/** Without the fields that were not given: to Prisma, undefined in exact optional types is a mistake. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
