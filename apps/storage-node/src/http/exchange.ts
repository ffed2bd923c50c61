import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StorageTokenClaims } from '@breakwater/contract/storage-token';
import { asFailure } from '@breakwater/domain/failure';
import type { NodeParts } from '../node-parts.ts';
import { problemOf } from './problem.ts';

/** One request with what a handler needs to answer it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The sender waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
  claims: StorageTokenClaims;
  node: NodeParts;
}

/** A sender that was refused may go on sending for so long; then the connection is cut. */
const LINGER_MS = 5000;

export function answerEmpty(exchange: Pick<Exchange, 'response'>, status = 200): void {
  exchange.response.writeHead(status, { 'content-length': '0' }).end();
}

export function answerJson(
  { response }: Pick<Exchange, 'response'>,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      ...headers,
    })
    .end(text);
}

/** Answers with problem details, or cuts the connection when an answer has begun. */
export function answerProblem(
  exchange: Pick<Exchange, 'request' | 'response'>,
  error: unknown,
  headers: Record<string, string> = {},
): void {
  const { request, response } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemOf(asFailure(error));
  if (problem.status === 401) response.setHeader('www-authenticate', 'Basic realm="breakwater"');
  const body = request.method === 'HEAD' ? undefined : problem;
  if (body === undefined) response.writeHead(problem.status, headers).end();
  else answerJson(exchange, problem.status, body, { 'content-type': 'application/problem+json', ...headers });
  discardBody(exchange);
}

/**
 * Reads on for a while after an early answer: closing at once would reset the connection, and the sender might
 * lose the answer with it. Who is still sending after that is cut off.
 */
export function discardBody({ request }: Pick<Exchange, 'request'>): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.on('error', () => undefined);
  request.resume();
}
