import { resourceId, sourceAddress, timestamp } from '@breakwater/contract/ids';
import { page } from '@breakwater/contract/resources';
import { run, runDetail, runKind, runState } from '@breakwater/contract/run';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { refusedField } from '../http/field-refusal.ts';
import { idParams } from '../http/id-params.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { cancelRun } from './cancel-run.ts';
import { findRuns, getRun } from './find-runs.ts';
import { viewRun } from './run-view.ts';

const tag = 'Runs';
const createdKey = z.tuple([z.iso.datetime(), z.string()]);

export const runRoutes = [
  defineRoute({
    method: 'GET',
    path: '/runs',
    tag,
    summary: 'Runs, newest first',
    role: 'viewer',
    query: listQuery.extend({
      /** One state, or several with commas between. */
      state: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(runState))
        .optional(),
      kind: runKind.optional(),
      taskId: resourceId.optional(),
      sourceAddress: sourceAddress.optional(),
      /** Made at this time or later, and before that one. */
      from: timestamp.optional(),
      to: timestamp.optional(),
    }),
    answer: page(run),
    async handle({ query, center }) {
      const { limit, cursor, from, to, ...rest } = query;
      if (from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from)) {
        throw refusedField('to', to, `a time after ${from}`);
      }
      const filter = {
        ...rest,
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(to === undefined ? {} : { to: new Date(to) }),
      };
      const key = cursorKey({ limit, cursor }, createdKey);
      const after = key === undefined ? null : { createdAt: new Date(key[0]), id: key[1] };
      const runs = await findRuns(center, filter, { limit, after });
      return pageOf(
        runs,
        limit,
        (one) => [one.createdAt, one.id],
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/runs/{id}',
    tag,
    summary: 'One run, with its rankings, issues, log and speed curve',
    role: 'viewer',
    params: idParams,
    answer: runDetail,
    handle: ({ params, center }) => getRun(center, params.id),
  }),
  defineRoute({
    method: 'POST',
    path: '/runs/{id}/cancel',
    tag,
    summary: 'Cancel a run; one that an agent has in hand ends when the agent says so',
    role: 'operator',
    params: idParams,
    status: 202,
    answer: run,
    handle: async ({ params, identity, center }) =>
      viewRun(await cancelRun(center, params.id, nameOf(identity))),
  }),
];
