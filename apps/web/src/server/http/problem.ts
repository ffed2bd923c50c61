import { STATUS_CODES } from 'node:http';
import type { Problem } from '@breakwater/contract/failure-codes';
import { asFailure, type FailureCode } from '@breakwater/domain/failure';
import { refusalFacts } from './field-refusal.ts';

/** HTTP status of each failure code; those not named here are our own fault, 500. */
const statuses: Partial<Record<FailureCode, number>> = {
  'invalid-request': 400,
  'malformed-json': 400,
  'protocol-version': 400,
  'bad-name': 400,
  unauthenticated: 401,
  'join-token-invalid': 401,
  'join-token-expired': 401,
  forbidden: 403,
  'command-not-allowed': 403,
  'target-not-allowed': 403,
  'verb-not-granted': 403,
  'not-found': 404,
  'path-not-found': 404,
  'snapshot-not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'address-taken': 409,
  'name-taken': 409,
  'join-token-used': 409,
  'already-exists': 409,
  'agent-silent': 409,
  'agent-busy': 409,
  'clock-skew': 409,
  'path-unreadable': 409,
  'target-not-empty': 409,
  'no-node': 409,
  'repository-locked': 409,
  'unsupported-format': 409,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'bad-range': 416,
  'unknown-address': 422,
  'too-many-requests': 429,
  'agent-offline': 503,
  'node-offline': 503,
  'node-unreachable': 503,
  unavailable: 503,
  timeout: 504,
  'node-full': 507,
  'quota-exceeded': 507,
};

/** In which a database that was killed is usually back. */
const OUTAGE_SECONDS = 2;

export function statusOf(code: FailureCode): number {
  return statuses[code] ?? 500;
}

/** Any thrown value as RFC 9457 `application/problem+json`. What is our own fault is not described to the caller. */
export function problemResponse(error: unknown): Response {
  const failure = asFailure(error);
  const status = statusOf(failure.code);
  const facts = refusalFacts(failure);
  const body: Problem = {
    type: `urn:breakwater:problem:${failure.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail:
      failure.code === 'internal'
        ? 'The control center failed on this request; its log says why.'
        : failure.message,
    code: failure.code,
    ...(facts.fieldErrors === undefined ? {} : { errors: facts.fieldErrors }),
  };
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  const retryAfter = facts.retryAfterSeconds ?? (failure.code === 'unavailable' ? OUTAGE_SECONDS : undefined);
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="breakwater"');
  return new Response(JSON.stringify(body), { status, headers });
}
