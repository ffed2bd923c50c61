import type { IncomingMessage, ServerResponse } from 'node:http';
import { NO_WRITE_HEADER } from '@breakwater/contract/storage-api';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { NodeParts } from '../node-parts.ts';
import { tokenOfRequest } from '../tokens/request-token.ts';
import { assertGranted } from '../tokens/storage-access.ts';
import { answerProblem, type Exchange } from './exchange.ts';
import { createRepository } from './handlers/create-repository.ts';
import { deleteFile } from './handlers/delete-file.ts';
import { getFile } from './handlers/get-file.ts';
import { headFile } from './handlers/head-file.ts';
import { healthz } from './handlers/healthz.ts';
import { listFiles } from './handlers/list-files.ts';
import { metrics } from './handlers/metrics.ts';
import { postFile } from './handlers/post-file.ts';
import { probe } from './handlers/probe.ts';
import { allowedMethods, type RepositoryRoute, verbsFor } from './operation.ts';
import { parseRoute, type Route } from './route.ts';

type Incoming = Omit<Exchange, 'claims'>;

/** Answers one request, whatever happens. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  node: NodeParts,
  expectsContinue: boolean,
): Promise<void> {
  const route = parseRoute(request.url ?? '');
  const startedAt = performance.now();
  response.once('close', () => {
    const seconds = (performance.now() - startedAt) / 1000;
    // A sender that went away before its answer counts as nginx counts it.
    const status = response.writableFinished ? response.statusCode : 499;
    node.metrics.answered(knownMethod(request.method), route.kind, status, seconds);
  });
  try {
    await dispatch({ request, response, node, expectsContinue }, route);
  } catch (error) {
    report(node, request, error);
    answerProblem({ request, response }, error, refusalHeaders(error, route));
  }
}

async function dispatch(incoming: Incoming, route: Route): Promise<void> {
  const { request, node } = incoming;
  const method = request.method ?? '';
  if (route.kind !== 'probe' && request.headers[NO_WRITE_HEADER] !== undefined) {
    // Nothing that was not stored may ever look stored.
    throw new Failure('invalid-request', 'X-No-Write is only allowed on POST /probe. Nothing was stored.');
  }
  if (route.kind === 'healthz' || route.kind === 'metrics') {
    assertMethod(method, ['GET']);
    await (route.kind === 'healthz' ? healthz(incoming) : metrics(incoming));
    return;
  }
  const claims = await node.verifier.verify(tokenOfRequest(request.headers.authorization));
  if (route.kind === 'bad-name') throw new Failure('bad-name', route.detail);
  if (route.kind === 'unknown') throw new Failure('not-found', 'There is nothing at this path.');
  const exchange = { ...incoming, claims };
  if (route.kind === 'probe') {
    assertMethod(method, ['POST']);
    await probe(exchange);
    return;
  }
  const verbs = verbsFor(method, route);
  assertGranted(claims, route.kind === 'file' ? route.file.repository : route.repository, verbs);
  await onRepository(exchange, route, method);
}

async function onRepository(exchange: Exchange, route: RepositoryRoute, method: string): Promise<void> {
  if (route.kind === 'repository') return createRepository(exchange, route.repository, route.create);
  if (route.kind === 'list') return listFiles(exchange, route.repository, route.fileKind);
  if (method === 'HEAD') return headFile(exchange, route.file);
  if (method === 'DELETE') return deleteFile(exchange, route.file);
  const { metrics: counters, peers } = exchange.node;
  const ended = [counters.transferBegan(), peers.began(exchange.claims.sub)];
  try {
    await (method === 'POST' ? postFile : getFile)(exchange, route.file);
  } finally {
    for (const end of ended) end();
  }
}

function assertMethod(method: string, allowed: readonly string[]): void {
  if (!allowed.includes(method)) {
    throw new Failure('method-not-allowed', `${method} is not answered here, only ${allowed.join(', ')}.`);
  }
}

function refusalHeaders(error: unknown, route: Route): Record<string, string> {
  if (!(error instanceof Failure) || error.code !== 'method-not-allowed') return {};
  const isRepository = route.kind === 'repository' || route.kind === 'list' || route.kind === 'file';
  return { allow: isRepository ? allowedMethods(route).join(', ') : route.kind === 'probe' ? 'POST' : 'GET' };
}

function knownMethod(method: string | undefined): string {
  return method !== undefined && ['GET', 'HEAD', 'POST', 'DELETE'].includes(method) ? method : 'other';
}

function report(node: NodeParts, request: IncomingMessage, error: unknown): void {
  // A reader or sender that went away is no news.
  if (request.socket.destroyed) return;
  const failure = asFailure(error);
  const details = { method: request.method, path: request.url?.split('?')[0], code: failure.code };
  if (failure.code === 'unavailable') node.health.wrote(failure.message);
  if (failure.code === 'internal' || failure.code === 'unavailable') {
    node.logger.error({ ...details, err: failure.cause ?? failure }, 'request failed');
  } else node.logger.debug({ ...details, reason: failure.message }, 'request refused');
}
