import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { type Identity, roleAllows } from '../auth/identity.ts';
import type { Center } from '../center.ts';
import { databaseFailure } from '../db/database-failure.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { parseOrRefuse, queryObject, readJson } from './parse-request.ts';
import { problemResponse } from './problem.ts';
import type { Route } from './route.ts';
import { requireSameOrigin } from './same-origin.ts';

export const API_PREFIX = '/api/v1';
const nothing = z.strictObject({});

interface Entry {
  route: Route;
  pattern: RegExp;
  names: string[];
}

/** Answers requests below /api/v1 from the route table: `(Request) → Response`, never throwing. */
export function createRouter(
  center: Center,
  routes: readonly Route[],
  metrics: Metrics,
): (request: Request) => Promise<Response> {
  const entries = routes.map(entryOf);
  return async (request) => {
    const began = performance.now();
    const url = new URL(request.url);
    const path = url.pathname.slice(API_PREFIX.length);
    const matching = entries.filter((entry) => entry.pattern.test(path));
    const response = await answerOrProblem(center, matching, request, url);
    const pattern = matching[0]?.route.path ?? 'unknown';
    metrics.observeRequest(request.method, pattern, response.status, (performance.now() - began) / 1000);
    return response;
  };
}

async function answerOrProblem(
  center: Center,
  matching: Entry[],
  request: Request,
  url: URL,
): Promise<Response> {
  try {
    return await answer(center, matching, request, url);
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure.code === 'internal') {
      center.logger.error({ err: error, method: request.method, url: request.url }, 'a request failed');
    }
    return problemResponse(failure);
  }
}

async function answer(center: Center, matching: Entry[], request: Request, url: URL): Promise<Response> {
  const path = url.pathname.slice(API_PREFIX.length);
  if (matching.length === 0) throw new Failure('not-found', `there is no ${url.pathname}`);
  const entry = matching.find(({ route }) => route.method === request.method);
  if (entry === undefined) return methodNotAllowed(request, matching);
  const { route } = entry;
  // Who may not call learns nothing about what would have been a good request.
  const identity = await admit(center, route, request);
  const params = parseOrRefuse(route.params ?? nothing, pathParams(entry, path), 'path');
  const query = parseOrRefuse(route.query ?? nothing, queryObject(url.searchParams), 'query');
  const body = await parsedBody(route, request);
  const result = await route.handle({ params, query, body, identity, center, request });
  return respond(route, result);
}

function methodNotAllowed(request: Request, matching: Entry[]): Response {
  const allowed = matching.map(({ route }) => route.method).join(', ');
  const response = problemResponse(
    new Failure('method-not-allowed', `${request.method} is not taken here: expected ${allowed}`),
  );
  response.headers.set('allow', allowed);
  return response;
}

async function admit(center: Center, route: Route, request: Request): Promise<Identity | null> {
  if (route.role === 'public' || route.role === 'join-token') return null;
  const identity = await center.auth.identify(request.headers);
  if (identity === null) throw new Failure('unauthenticated', 'sign in, or send a valid API token');
  if (identity.kind === 'user') {
    if (request.method !== 'GET') requireSameOrigin(request, center.config.publicUrl);
    if (identity.mustChangePassword && route.beforePasswordChange !== true) {
      throw new Failure('forbidden', 'the one-time password must be replaced first');
    }
  }
  if (!roleAllows(identity.role, route.role)) {
    throw new Failure('forbidden', `this needs the role ${route.role}; yours is ${identity.role}`);
  }
  return identity;
}

async function parsedBody(route: Route, request: Request): Promise<unknown> {
  const given = request.method === 'GET' ? undefined : await readJson(request);
  route.judgeFirst?.(given);
  if (route.body !== undefined) return parseOrRefuse(route.body, given, 'body');
  if (given !== undefined) parseOrRefuse(nothing, given, 'body');
  return undefined;
}

function respond(route: Route, result: unknown): Response {
  if (route.answer === 'stream') return result as Response;
  const headers = { 'cache-control': 'no-store' };
  if (route.answer === 'nothing') return new Response(null, { status: route.status ?? 204, headers });
  return Response.json(route.answer.parse(result), { status: route.status ?? 200, headers });
}

function entryOf(route: Route): Entry {
  const names: string[] = [];
  const source = route.path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  return { route, pattern: new RegExp(`^${source}$`), names };
}

function pathParams(entry: Entry, path: string): Record<string, string> {
  const found = entry.pattern.exec(path) ?? [];
  const params: Record<string, string> = {};
  entry.names.forEach((name, at) => {
    const raw = found[at + 1] ?? '';
    try {
      params[name] = decodeURIComponent(raw);
    } catch {
      params[name] = raw;
    }
  });
  return params;
}
