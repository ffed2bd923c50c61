import { page, speed } from '@breakwater/contract/resources';
import { z } from 'zod';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { listSpeeds } from './list-speeds.ts';

export const speedRoutes = [
  defineRoute({
    method: 'GET',
    path: '/speeds',
    tag: 'Speeds',
    summary: 'Speed of each source agent to each node, by address and node name; null where never measured',
    role: 'viewer',
    query: listQuery,
    answer: page(speed),
    async handle({ query, center }) {
      const key = cursorKey(query, z.tuple([z.string(), z.string()]));
      const all = await listSpeeds(center);
      const rest =
        key === undefined
          ? all
          : all.slice(all.findIndex((one) => one.agentAddress === key[0] && one.nodeName === key[1]) + 1);
      return pageOf(
        rest.slice(0, query.limit + 1),
        query.limit,
        (one) => [one.agentAddress, one.nodeName],
        (one) => one,
      );
    },
  }),
];
