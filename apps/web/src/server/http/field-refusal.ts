import type { FieldError } from '@breakwater/contract/failure-codes';
import { Failure, type FailureCode } from '@breakwater/domain/failure';

/** What a Failure's `cause` may carry for the answer to a request. */
export interface RefusalFacts {
  fieldErrors?: FieldError[];
  retryAfterSeconds?: number;
}

/**
 * The failure that says one field of a request is wrong: which, what was given, what was expected. Answered as a
 * problem with `errors[]`.
 */
export function refusedField(
  field: string,
  given: unknown,
  expected: string,
  code: FailureCode = 'invalid-request',
): Failure {
  const error = { field, given: shown(field, given), expected };
  return new Failure(code, `${field} is ${error.given}: expected ${expected}`, {
    cause: { fieldErrors: [error] } satisfies RefusalFacts,
  });
}

const SECRET = /password|secret|token|credential/i;

/** A given value as a refusal may repeat it: short, and never a secret. */
export function shown(field: string, given: unknown): string {
  if (given === undefined) return 'missing';
  if (SECRET.test(field)) return 'hidden';
  if (ArrayBuffer.isView(given)) return 'binary data';
  const text = JSON.stringify(given) ?? String(given);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

export function refusalFacts(failure: Failure): RefusalFacts {
  const cause = failure.cause;
  return typeof cause === 'object' && cause !== null && !(cause instanceof Error)
    ? (cause as RefusalFacts)
    : {};
}
