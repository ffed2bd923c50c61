import type { IncomingMessage, ServerResponse } from 'node:http';
import { AUTH_PREFIX, handleAuth } from './auth/auth-handler.ts';
import type { Center } from './center.ts';
import { apiDocs, DOCS_PATH } from './http/api-docs.ts';
import { webRequest, writeResponse } from './http/node-http.ts';
import { openApiDocument } from './http/openapi.ts';
import { problemResponse } from './http/problem.ts';
import { API_PREFIX, createRouter } from './http/router.ts';
import { routes } from './http/routes.ts';
import { isLoopback } from './http/is-loopback.ts';
import { setPagePolicy, setSecurityHeaders } from './http/security-headers.ts';
import { readiness } from './metrics/health.ts';
import type { Metrics } from './metrics/metrics.ts';
import { Failure } from '@breakwater/domain/failure';

export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** What answers pages: Next, which is told nothing of the API. Null where there are none (tests, a bare API). */
export interface Pages {
  handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  development: boolean;
}

/** Everything this process answers over HTTP, in one listener; Socket.IO takes its own requests before it. */
export function createApp(center: Center, metrics: Metrics, pages: Pages | null): RequestListener {
  const secure = center.config.tls !== null || center.config.publicUrl?.startsWith('https:') === true;
  const options = { secure, trustProxy: center.config.trustProxy };
  const api = createRouter(center, routes, metrics);
  const document = JSON.stringify(openApiDocument(routes));

  const answer = async (request: Request, path: string): Promise<Response | null> => {
    if (path === `${API_PREFIX}/openapi.json`) return readOnly(request, () => json(document));
    if (path === API_PREFIX || path.startsWith(`${API_PREFIX}/`)) return api(request);
    if (path.startsWith(`${AUTH_PREFIX}/`)) return handleAuth(center, request);
    if (path === '/healthz') return readOnly(request, () => Response.json({ status: 'ok', checks: {} }));
    if (path === '/readyz') return readOnly(request, () => ready(center));
    if (path === '/metrics') return readOnly(request, () => scraped(center, metrics, request));
    if (path === DOCS_PATH || path.startsWith(`${DOCS_PATH}/`)) return apiDocs(path);
    return null;
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    setSecurityHeaders(outgoing, secure);
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
    const ours = isOurs(path) ? await answer(webRequest(incoming, outgoing, options), path) : null;
    if (ours !== null) return writeResponse(ours, outgoing);
    if (pages === null || path.startsWith('/api/')) {
      return writeResponse(problemResponse(new Failure('not-found', `there is no ${path}`)), outgoing);
    }
    setPagePolicy(incoming, outgoing, pages.development);
    await pages.handle(incoming, outgoing);
  };

  return (incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      center.logger.error({ err: error, url: incoming.url }, 'a request failed');
      if (outgoing.headersSent) outgoing.destroy();
      else writeResponse(problemResponse(error), outgoing).catch(() => outgoing.destroy());
    });
  };
}

const ownPaths = ['/api/', '/healthz', '/readyz', '/metrics', DOCS_PATH];

/** Requests for pages keep their node:http form, which is what Next takes; all others become web requests. */
function isOurs(path: string): boolean {
  return ownPaths.some((own) => path.startsWith(own));
}

async function readOnly(request: Request, respond: () => Response | Promise<Response>): Promise<Response> {
  if (request.method === 'GET') return respond();
  const refused = problemResponse(
    new Failure('method-not-allowed', `${request.method} is not taken here: expected GET`),
  );
  refused.headers.set('allow', 'GET');
  return refused;
}

function json(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

async function ready(center: Center): Promise<Response> {
  const answer = await readiness(center);
  return Response.json(answer, {
    status: answer.status === 'ok' ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
  });
}

/** Open on this machine, where Prometheus often runs; from elsewhere with an API token or as somebody signed in. */
async function scraped(center: Center, metrics: Metrics, request: Request): Promise<Response> {
  if (!isLoopback(request) && (await center.auth.identify(request.headers)) === null) {
    const why = 'metrics are given to this machine itself, and to others with an API token';
    return problemResponse(new Failure('unauthenticated', why));
  }
  const { contentType, text } = await metrics.scrape();
  return new Response(text, { headers: { 'content-type': contentType } });
}
