import { event, page } from '@breakwater/contract/resources';
import { z } from 'zod';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';

export const eventRoutes = [
  defineRoute({
    method: 'GET',
    path: '/events',
    tag: 'Events',
    summary: 'What happened, newest first',
    role: 'viewer',
    query: listQuery.extend({ level: event.shape.level.optional() }),
    answer: page(event),
    async handle({ query, center }) {
      const before = cursorKey(query, z.uuid());
      const events = await center.events.list({ limit: query.limit, before, level: query.level });
      return pageOf(
        events,
        query.limit,
        (one) => one.id,
        (one) => one,
      );
    },
  }),
];
