import { STATUS_CODES } from 'node:http';
import type { FailureCode, Problem } from '@breakwater/contract/failure-codes';
import type { Failure } from '@breakwater/domain/failure';

const statuses: Partial<Record<FailureCode, number>> = {
  'invalid-request': 400,
  'hash-mismatch': 400,
  'bad-name': 400,
  unauthenticated: 401,
  'token-invalid': 401,
  'token-expired': 401,
  'token-revoked': 401,
  forbidden: 403,
  'verb-not-granted': 403,
  'already-exists': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'bad-range': 416,
  'too-many-requests': 503,
  unavailable: 503,
  'node-full': 507,
  'quota-exceeded': 507,
};

/** RFC 9457 problem details for a failure; what has no status of its own is a 500 that tells nothing more. */
export function problemOf(failure: Failure): Problem {
  const status = statuses[failure.code] ?? 500;
  return {
    type: `urn:breakwater:failure:${failure.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: status === 500 ? 'The storage node failed; its log says why.' : failure.message,
    code: failure.code,
  };
}
