import { page, storageNode, storageNodePatch } from '@breakwater/contract/resources';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { idParams } from '../http/id-params.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Storage nodes';

export const storageNodeRoutes = [
  defineRoute({
    method: 'GET',
    path: '/storage-nodes',
    tag,
    summary: 'Storage nodes, by name',
    role: 'viewer',
    query: listQuery,
    answer: page(storageNode),
    async handle({ query, center }) {
      const nodes = await center.storageNodes.list({
        limit: query.limit,
        after: cursorKey(query, z.string()),
      });
      return pageOf(
        nodes,
        query.limit,
        (one) => one.name,
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/storage-nodes/{id}',
    tag,
    summary: 'One storage node',
    role: 'viewer',
    params: idParams,
    answer: storageNode,
    handle: ({ params, center }) => center.storageNodes.get(params.id),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/storage-nodes/{id}',
    tag,
    summary:
      'Drain a node (no backup goes there any more) or take it back into use; limit the bandwidth that all who use it share',
    role: 'operator',
    params: idParams,
    body: storageNodePatch,
    answer: storageNode,
    async handle({ params: { id }, body: { draining, bandwidth }, identity, center }) {
      if (draining !== undefined) await center.storageNodes.setDraining(id, draining, nameOf(identity));
      if (bandwidth !== undefined) await center.storageNodes.limit(id, bandwidth);
      return center.storageNodes.get(id);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/storage-nodes/{id}',
    tag,
    summary: 'Remove a node that holds no copy',
    role: 'admin',
    params: idParams,
    answer: 'nothing',
    handle: ({ params, identity, center }) => center.storageNodes.remove(params.id, nameOf(identity)),
  }),
];
