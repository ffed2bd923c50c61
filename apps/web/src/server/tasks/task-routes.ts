import { page } from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { task, taskAnswer, taskInput, taskPatch } from '@breakwater/contract/task';
import { sourceAddress } from '@breakwater/contract/ids';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { createTask, deleteTask, getTask, listTasks, patchTask, startTask } from './tasks.ts';

const tag = 'Tasks';
const createdKey = z.tuple([z.iso.datetime(), z.string()]);

export const taskRoutes = [
  defineRoute({
    method: 'GET',
    path: '/tasks',
    tag,
    summary: 'Tasks, oldest first',
    role: 'viewer',
    query: listQuery.extend({ sourceAddress: sourceAddress.optional() }),
    answer: page(task),
    async handle({ query, center }) {
      const key = cursorKey(query, createdKey);
      const after = key === undefined ? undefined : { createdAt: new Date(key[0]), id: key[1] };
      const { limit } = query;
      const tasks = await listTasks(center, { sourceAddress: query.sourceAddress }, { limit, after });
      return pageOf(
        tasks,
        limit,
        (one) => [one.createdAt, one.id],
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks',
    tag,
    summary: 'Make a task; paths that the server does not have now are warned of',
    role: 'operator',
    body: taskInput,
    status: 201,
    answer: taskAnswer,
    handle: ({ body, center }) => createTask(center, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/tasks/{id}',
    tag,
    summary: 'One task',
    role: 'viewer',
    params: idParams,
    answer: task,
    handle: ({ params, center }) => getTask(center, params.id),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/tasks/{id}',
    tag,
    summary: 'Change a task; runs that are out keep what they were asked for',
    role: 'operator',
    params: idParams,
    body: taskPatch,
    answer: taskAnswer,
    handle: ({ params, body, center }) => patchTask(center, params.id, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/tasks/{id}',
    tag,
    summary: 'Delete a task; its runs and snapshots stay',
    role: 'operator',
    params: idParams,
    answer: 'nothing',
    handle: ({ params, center }) => deleteTask(center, params.id),
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/{id}/runs',
    tag,
    summary: 'Run a task now; a run of it that still waits is taken instead of a new one',
    role: 'operator',
    params: idParams,
    status: 202,
    answer: startRunAnswer,
    async handle({ params, identity, center }) {
      const trigger = identity.kind === 'user' ? 'manual' : 'api';
      const { run, coalesced } = await startTask(center, params.id, trigger);
      return { runId: run.id, coalesced };
    },
  }),
];
