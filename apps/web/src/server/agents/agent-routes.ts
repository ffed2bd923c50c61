import { agent, agentPatch, page } from '@breakwater/contract/resources';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { idParams } from '../http/id-params.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Agents';

export const agentRoutes = [
  defineRoute({
    method: 'GET',
    path: '/agents',
    tag,
    summary: 'Agents, by address',
    role: 'viewer',
    query: listQuery,
    answer: page(agent),
    async handle({ query, center }) {
      const agents = await center.agents.list({ limit: query.limit, after: cursorKey(query, z.string()) });
      return pageOf(
        agents,
        query.limit,
        (one) => one.address,
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/agents/{id}',
    tag,
    summary: 'One agent',
    role: 'viewer',
    params: idParams,
    answer: agent,
    handle: ({ params, center }) => center.agents.get(params.id),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/agents/{id}',
    tag,
    summary: 'Limit the bandwidth that all runs of the server share, from now on and in those that go on',
    role: 'operator',
    params: idParams,
    body: agentPatch,
    answer: agent,
    handle: ({ params, body, center }) =>
      body.bandwidth === undefined
        ? center.agents.get(params.id)
        : center.agents.limit(params.id, body.bandwidth),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/agents/{id}',
    tag,
    summary: 'Release the agent: its credential ends, and its address is free for another',
    role: 'admin',
    params: idParams,
    answer: 'nothing',
    handle: ({ params, identity, center }) => center.agents.release(params.id, nameOf(identity)),
  }),
];
