import { repositoryId } from '@breakwater/contract/ids';
import {
  accessTokensAnswer,
  accessTokensInput,
  page,
  recoveryKit as recoveryKitAnswer,
  repository,
  repositoryInput,
} from '@breakwater/contract/resources';
import { repositoryPatch } from '@breakwater/contract/repository-care';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { patchCarePlan } from './care-plans.ts';
import {
  accessTokens,
  confirmRecoveryKit,
  createRepository,
  getRepository,
  listRepositories,
  recoveryKit,
} from './repositories.ts';

const tag = 'Repositories';
const params = z.strictObject({ id: repositoryId });
const createdKey = z.tuple([z.iso.datetime(), z.string()]);

export const repositoryRoutes = [
  defineRoute({
    method: 'GET',
    path: '/repositories',
    tag,
    summary: 'Repositories and their copies, oldest first',
    role: 'viewer',
    query: listQuery,
    answer: page(repository),
    async handle({ query, center }) {
      const key = cursorKey(query, createdKey);
      const after = key === undefined ? undefined : { createdAt: new Date(key[0]), id: key[1] };
      const rows = await listRepositories(center, { limit: query.limit, after });
      return pageOf(
        rows,
        query.limit,
        (one) => [one.createdAt, one.id],
        (one) => one,
      );
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories',
    tag,
    summary: 'Make the repository of a source server now; otherwise its first backup does',
    role: 'operator',
    body: repositoryInput,
    status: 201,
    answer: repository,
    handle: ({ body, center }) => createRepository(center, body.sourceAddress),
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{id}',
    tag,
    summary: 'One repository',
    role: 'viewer',
    params,
    answer: repository,
    handle: ({ params: { id }, center }) => getRepository(center, id),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/repositories/{id}',
    tag,
    summary:
      'Change what is done for a repository by itself: forget, prune, read everything once in so many days',
    role: 'operator',
    params,
    body: repositoryPatch,
    answer: repository,
    handle: ({ params: { id }, body, identity, center }) =>
      body.care === undefined
        ? getRepository(center, id)
        : patchCarePlan(center, id, body.care, nameOf(identity)),
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{id}/recovery-kit',
    tag,
    summary: "Password, copies and stock restic's commands, for the day Breakwater is gone",
    role: 'admin',
    params,
    answer: recoveryKitAnswer,
    handle: ({ params: { id }, identity, center }) => recoveryKit(center, id, nameOf(identity)),
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories/{id}/recovery-kit/confirmation',
    tag,
    summary: 'Say that the recovery kit is kept elsewhere',
    role: 'admin',
    params,
    answer: repository,
    handle: ({ params: { id }, identity, center }) => confirmRecoveryKit(center, id, nameOf(identity)),
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories/{id}/access-tokens',
    tag,
    summary: 'A token for each copy, for stock restic',
    role: 'admin',
    params,
    body: accessTokensInput,
    status: 201,
    answer: accessTokensAnswer,
    handle: ({ params: { id }, body, identity, center }) => accessTokens(center, id, body, nameOf(identity)),
  }),
];
