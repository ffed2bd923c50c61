import { problem } from '@breakwater/contract/failure-codes';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { Route } from './route.ts';
import { API_PREFIX } from './router.ts';

/** The OpenAPI 3.1 document of the routes, from the very schemas that parse their requests and answers. */
export function openApiDocument(routes: readonly Route[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = { ...path, [route.method.toLowerCase()]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Breakwater',
      version: '1',
      description:
        'The control center. Lists are paged: pass the `nextCursor` of an answer as `cursor` to get the next page. Refusals are RFC 9457 problems with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: API_PREFIX }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    security: [{ session: [] }, { apiToken: [] }],
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'breakwater.session_token' },
        apiToken: { type: 'http', scheme: 'bearer' },
      },
    },
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const open = route.role === 'public' || route.role === 'join-token';
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: open ? accessWords[route.role as 'public' | 'join-token'] : `Needs the role ${route.role}.`,
    ...(open ? { security: [] } : {}),
    requestParams: {
      ...(route.params instanceof z.ZodObject ? { path: route.params } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
    },
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: responses(route),
  };
}

const accessWords = {
  public: 'Open to everybody.',
  'join-token': 'Authenticated by the join token in the body.',
};

function responses(route: Route): ZodOpenApiResponsesObject {
  const problems = { 'application/problem+json': { schema: problem } };
  const success =
    route.answer === 'nothing'
      ? { description: 'Done' }
      : route.answer === 'stream'
        ? { description: 'The bytes', content: { 'application/octet-stream': {} } }
        : { description: 'The answer', content: { 'application/json': { schema: route.answer } } };
  const status = String(route.status ?? (route.answer === 'nothing' ? 204 : 200));
  return { [status]: success, default: { description: 'A refusal or a failure', content: problems } };
}

/** `GET /tasks/{id}/runs` → `getTasksByIdRuns`. */
function operationId(route: Route): string {
  const words = route.path
    .split('/')
    .filter((word) => word !== '')
    .map((word) => word.replace(/^\{(\w+)\}$/, 'by-$1'))
    .flatMap((word) => word.split('-'));
  return (
    route.method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  );
}
