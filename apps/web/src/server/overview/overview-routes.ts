import { overview } from '@breakwater/contract/resources';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { isTimeZone } from '@breakwater/domain/time-zone';
import { readOverview } from './overview.ts';

export const overviewRoutes = [
  defineRoute({
    method: 'GET',
    path: '/overview',
    tag: 'Overview',
    summary: 'Is everything protected? Worst first, with the last 30 days in a time zone',
    role: 'viewer',
    query: z.strictObject({
      timeZone: z
        .string()
        .max(64)
        .refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')
        .default('UTC'),
    }),
    answer: overview,
    handle: ({ query, center }) => readOverview(center, query.timeZone),
  }),
];
