import { problem } from '@breakwater/contract/failure-codes';
import { Failure, type FailureCode } from '@breakwater/domain/failure';
import type { ExchangeAnswer } from './http-exchange.ts';

const codeByStatus: Record<number, FailureCode> = {
  400: 'invalid-request',
  401: 'token-invalid',
  403: 'verb-not-granted',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'timeout',
  409: 'conflict',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  416: 'bad-range',
  429: 'too-many-requests',
  507: 'node-full',
};

/**
 * What a refusal of a storage node means. Our nodes say it in a problem document; other REST servers (restic's
 * protocol knows only statuses) are judged by the status. `what` names the call, for the message.
 */
export function statusFailure(answer: ExchangeAnswer, what: string): Failure {
  const said = problemOf(answer);
  const code = said?.code ?? codeByStatus[answer.status] ?? 'unavailable';
  const detail = said?.detail ?? said?.title ?? `status ${answer.status}`;
  return new Failure(code, `${what}: ${detail}`, { retryable: isRetryable(answer.status, code) });
}

function isRetryable(status: number, code: FailureCode): boolean {
  if (code === 'node-full' || code === 'quota-exceeded') return false;
  // A body that arrived damaged or cut may arrive whole the next time.
  if (code === 'hash-mismatch') return true;
  return status === 408 || status === 429 || status >= 500;
}

function problemOf(answer: ExchangeAnswer) {
  if (!(answer.headers['content-type'] ?? '').startsWith('application/problem+json')) return undefined;
  try {
    return problem.safeParse(JSON.parse(answer.body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in milliseconds, which may be given in seconds or as a date; undefined when it says nothing. */
export function retryAfterMs(answer: ExchangeAnswer, now: number): number | undefined {
  const header = answer.headers['retry-after'];
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
