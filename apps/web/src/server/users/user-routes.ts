import { page, user, userInput, userPatch } from '@breakwater/contract/resources';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import type { UserRecord } from './user-records.ts';

const tag = 'Users';
const userParams = z.strictObject({ id: z.string().min(1).max(64) });

export const userRoutes = [
  defineRoute({
    method: 'GET',
    path: '/users',
    tag,
    summary: 'Users, by e-mail',
    role: 'admin',
    query: listQuery,
    answer: page(user),
    async handle({ query, center }) {
      const users = await center.users.list({ limit: query.limit, after: cursorKey(query, z.string()) });
      return pageOf(users, query.limit, (one) => one.email, shownUser);
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/users',
    tag,
    summary: 'Add a user, who must replace this password at the first sign-in',
    role: 'admin',
    body: userInput,
    answer: user,
    status: 201,
    handle: async ({ body, identity, center }) =>
      shownUser(await center.users.create(body, nameOf(identity))),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/users/{id}',
    tag,
    summary: "Change a user's name or role; the last admin stays one",
    role: 'admin',
    params: userParams,
    body: userPatch,
    answer: user,
    handle: async ({ params, body, identity, center }) => {
      const change = {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.role === undefined ? {} : { role: body.role }),
      };
      return shownUser(await center.users.change(params.id, change, nameOf(identity)));
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/users/{id}',
    tag,
    summary: 'Remove a user with their sessions and API tokens; the last admin stays',
    role: 'admin',
    params: userParams,
    answer: 'nothing',
    handle: ({ params, identity, center }) => center.users.remove(params.id, nameOf(identity)),
  }),
];

function shownUser(record: UserRecord): z.input<typeof user> {
  const { id, email, name, role, createdAt } = record;
  return { id, email, name, role, createdAt: createdAt.toISOString() };
}
