import { resourceId, sourceAddress } from '@breakwater/contract/ids';
import { page } from '@breakwater/contract/resources';
import { run, runDetail, runKind, runState } from '@breakwater/contract/run';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
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
    }),
    answer: page(run),
    async handle({ query, center }) {
      const { limit, cursor, ...filter } = query;
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
