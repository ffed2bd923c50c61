import { apiToken, apiTokenAnswer, apiTokenInput, page } from '@breakwater/contract/resources';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { cursorKey, listQuery, pageOf } from '../http/paging.ts';
import { defineRoute } from '../http/route.ts';
import { say } from '../remarks/say.ts';
import { idParams } from '../http/id-params.ts';
import type { ApiTokenRecord } from './api-token-records.ts';

const tag = 'API tokens';

export const apiTokenRoutes = [
  defineRoute({
    method: 'GET',
    path: '/api-tokens',
    tag,
    summary: 'API tokens: your own, or all of them for an admin',
    role: 'viewer',
    query: listQuery,
    answer: page(apiToken),
    async handle({ query, identity, center }) {
      const before = cursorKey(query, z.uuid());
      const tokens = await center.apiTokens.list(identity, { limit: query.limit, before });
      return pageOf(tokens, query.limit, (token) => token.id, shownToken);
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api-tokens',
    tag,
    summary: 'Make an API token, with your role or a lesser one; its secret is shown this once',
    role: 'viewer',
    body: apiTokenInput,
    answer: apiTokenAnswer,
    status: 201,
    async handle({ body, identity, center }) {
      return center.events.withChange(async (tx, tell) => {
        const { token, secret } = await center.apiTokens.create(body, identity, tx);
        await tell({
          level: 'info',
          kind: 'api-token-made',
          remark: say('api-token-made', { by: nameOf(identity), name: token.name, role: token.role }),
          subject: { type: 'api-token', id: token.id },
        });
        return { apiToken: shownToken(token), secret };
      });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api-tokens/{id}',
    tag,
    summary: 'Revoke an API token, at once',
    role: 'viewer',
    params: idParams,
    answer: 'nothing',
    async handle({ params, identity, center }) {
      await center.events.withChange(async (tx, tell) => {
        await center.apiTokens.remove(identity, params.id, tx);
        await tell({
          level: 'info',
          kind: 'api-token-revoked',
          remark: say('api-token-revoked', { by: nameOf(identity) }),
          subject: { type: 'api-token', id: params.id },
        });
      });
    },
  }),
];

function shownToken(token: ApiTokenRecord): z.input<typeof apiToken> {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    createdAt: token.createdAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    expiresAt: token.expiresAt?.toISOString() ?? null,
  };
}
