/** Stable codes: part of the API. A code is never renamed, only added. */
export const failureCodes = [
  'invalid-request',
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
  'unauthenticated',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'conflict',
  'too-many-requests',
  'address-taken',
  'name-taken',
  'join-token-invalid',
  'join-token-used',
  'join-token-expired',
  'protocol-version',
  'unknown-address',
  'agent-offline',
  'agent-silent',
  'agent-busy',
  'clock-skew',
  'path-not-found',
  'path-unreadable',
  'command-not-allowed',
  'command-failed',
  'target-not-allowed',
  'target-not-empty',
  'no-node',
  'node-offline',
  'node-full',
  'quota-exceeded',
  'node-unreachable',
  'token-invalid',
  'token-expired',
  'token-revoked',
  'verb-not-granted',
  'hash-mismatch',
  'already-exists',
  'bad-range',
  'bad-name',
  'repository-missing',
  'repository-locked',
  'repository-damaged',
  'wrong-password',
  'unsupported-format',
  'pack-damaged',
  'lock-lost',
  'snapshot-not-found',
  'source-changed',
  'cancelled',
  'interrupted',
  'timeout',
  'unavailable',
  'internal',
] as const;
export type FailureCode = (typeof failureCodes)[number];

export type FailureSense = { kind: string; values: { [name: string]: unknown } };

/**
 * The one error class for what goes wrong outside our code: I/O, a peer, bad input. `message` is a sentence a
 * person can act on; `retryable` says whether the same call may succeed later.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;
  /** What `message` says, to be said in other languages (a remark without its text, as the contract has them). */
  readonly sense: FailureSense | null;

  constructor(
    code: FailureCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown; sense?: FailureSense | null } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.sense = options.sense ?? null;
  }
}

/** Any thrown value as a Failure; what is not one becomes `internal` and keeps its cause. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
