import {
  browseAnswer,
  browseRequest,
  previewAnswer,
  previewRequest,
} from '@breakwater/contract/agent-messages';
import { absolutePath } from '@breakwater/contract/task';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import type { Center } from '../center.ts';
import { idParams } from '../http/id-params.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Agents';
const PREVIEW_TIMEOUT_MS = 30_000;

/** What the task form asks of a source server, live, through its agent. */
export const sourceRoutes = [
  defineRoute({
    method: 'GET',
    path: '/agents/{id}/files',
    tag,
    summary: 'A folder of the source server, read now by its agent',
    role: 'operator',
    params: idParams,
    query: z.strictObject({ path: absolutePath.default('/') }),
    answer: browseAnswer,
    async handle({ params, query, center }) {
      await requireAgent(center, params.id);
      return center.links.callAgent(params.id, 'browse', browseRequest.parse({ path: query.path }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/agents/{id}/preview',
    tag,
    summary: 'How much a backup of these paths would take, counted now by the agent',
    role: 'operator',
    params: idParams,
    body: z.strictObject({
      paths: previewRequest.shape.paths.max(256),
      excludes: previewRequest.shape.excludes.max(1000).default([]),
    }),
    answer: previewAnswer,
    async handle({ params, body, center }) {
      await requireAgent(center, params.id);
      return center.links.callAgent(params.id, 'preview', body, PREVIEW_TIMEOUT_MS);
    },
  }),
];

async function requireAgent(center: Center, id: string): Promise<void> {
  if ((await center.agents.record(id)) === null) throw new Failure('not-found', `there is no agent ${id}`);
}
