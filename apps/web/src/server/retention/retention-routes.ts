import { retentionPreview, retentionPreviewInput } from '@breakwater/contract/retention';
import { idParams } from '../http/id-params.ts';
import { defineRoute } from '../http/route.ts';
import { previewOwnRetention, previewRetention } from './preview-retention.ts';

const tag = 'Tasks';

export const retentionRoutes = [
  defineRoute({
    method: 'GET',
    path: '/tasks/{id}/retention-preview',
    tag,
    summary: "Which of a task's snapshots its retention keeps now, and why",
    role: 'viewer',
    params: idParams,
    answer: retentionPreview,
    handle: ({ params, center }) => previewOwnRetention(center, params.id),
  }),
  defineRoute({
    method: 'POST',
    path: '/retention-preview',
    tag,
    summary: "Which of a task's snapshots another retention would keep, and why; nothing is changed",
    role: 'viewer',
    body: retentionPreviewInput,
    answer: retentionPreview,
    handle: ({ body, center }) => previewRetention(center, body.taskId, body.retention),
  }),
];
