import { contentId, repositoryId, resourceId, sourceAddress } from '@breakwater/contract/ids';
import { removeSnapshotAnswer, snapshotRemoval } from '@breakwater/contract/snapshot-removal';
import { page, snapshot, snapshotFiles } from '@breakwater/contract/resources';
import { absolutePath } from '@breakwater/contract/task';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { downloadFile } from './download-file.ts';
import { openCopies } from './opened-copies.ts';
import { readFolder } from './read-tree.ts';
import { previewRemoval, removeSnapshot } from './remove-snapshot.ts';
import { confirmSnapshot, getSnapshot, listSnapshots, requireSnapshot } from './snapshots.ts';

const tag = 'Snapshots';
const params = z.strictObject({ id: contentId });
const recordedKey = z.tuple([z.iso.datetime(), z.string()]);

export const snapshotRoutes = [
  defineRoute({
    method: 'GET',
    path: '/snapshots',
    tag,
    summary: 'Snapshots, newest first',
    role: 'viewer',
    query: listQuery.extend({
      sourceAddress: sourceAddress.optional(),
      taskId: resourceId.optional(),
      repositoryId: repositoryId.optional(),
    }),
    answer: page(snapshot),
    async handle({ query, center }) {
      const { limit, cursor, ...filter } = query;
      const key = cursorKey({ limit, cursor }, recordedKey);
      const after = key === undefined ? undefined : { recordedAt: new Date(key[0]), id: key[1] };
      const rows = await listSnapshots(center, filter, { limit, after });
      return pageOf(
        rows,
        limit,
        (one) => [one.recordedAt, one.id],
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/snapshots/{id}',
    tag,
    summary: 'One snapshot',
    role: 'viewer',
    params,
    answer: snapshot,
    handle: ({ params: { id }, center }) => getSnapshot(center, id),
  }),
  defineRoute({
    method: 'GET',
    path: '/snapshots/{id}/removal',
    tag,
    summary: 'What removing the snapshot would lose, and what stands in its way',
    role: 'viewer',
    params,
    answer: snapshotRemoval,
    handle: ({ params: { id }, center }) => previewRemoval(center, id),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/snapshots/{id}',
    tag,
    summary: 'Have a maintenance agent remove the snapshot from every copy; the next prune frees its space',
    role: 'operator',
    params,
    status: 202,
    answer: removeSnapshotAnswer,
    async handle({ params: { id }, identity, center }) {
      const trigger = identity.kind === 'user' ? 'manual' : 'api';
      const { run, coalesced, warnings } = await removeSnapshot(center, id, {
        by: nameOf(identity),
        trigger,
      });
      return { runId: run.id, coalesced, warnings };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/snapshots/{id}/confirmation',
    tag,
    summary: 'Say that a snapshot that looks odd is as it should be, and those before it: forgetting goes on',
    role: 'operator',
    params,
    answer: snapshot,
    handle: ({ params: { id }, identity, center }) => confirmSnapshot(center, id, nameOf(identity)),
  }),
  defineRoute({
    method: 'GET',
    path: '/snapshots/{id}/files',
    tag,
    summary: 'What a folder of the snapshot holds',
    // As with the files of a server itself: their names tell more than that it is backed up.
    role: 'operator',
    params,
    query: z.strictObject({ path: absolutePath.default('/') }),
    answer: snapshotFiles,
    async handle({ params: { id }, query: { path }, center }) {
      const row = await requireSnapshot(center, id);
      const entries = await openCopies(center).withSnapshot(row, (copy) =>
        readFolder(copy.repository, row.tree, path),
      );
      return { path, entries };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/snapshots/{id}/download',
    tag,
    summary: 'One file of the snapshot',
    role: 'operator',
    params,
    query: z.strictObject({ path: absolutePath }),
    answer: 'stream',
    handle: ({ params: { id }, query: { path }, center }) => downloadFile(center, id, path),
  }),
];
