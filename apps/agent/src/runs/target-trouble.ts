import { cutText } from '@breakwater/domain/cut-text';
import { Failure, type FailureCode } from '@breakwater/domain/failure';

/**
 * What a failure in the middle of a run means. `passing`: this node, for now; `lasting`: this node, for the rest of
 * the run; `same-node`: the same node may be used at once after taking a new lock or token; `run`: no other node
 * would help.
 */
export type Trouble = 'passing' | 'lasting' | 'same-node' | 'run';

const troubleOf: Partial<Record<FailureCode, Trouble>> = {
  'node-unreachable': 'passing',
  timeout: 'passing',
  'too-many-requests': 'passing',
  'node-offline': 'passing',
  'repository-locked': 'passing',
  'lock-lost': 'same-node',
  'token-expired': 'same-node',
  'token-invalid': 'lasting',
  'token-revoked': 'lasting',
  unauthenticated: 'lasting',
  forbidden: 'lasting',
  'verb-not-granted': 'lasting',
  'node-full': 'lasting',
  'quota-exceeded': 'lasting',
  'not-found': 'lasting',
  'already-exists': 'lasting',
  'hash-mismatch': 'lasting',
  'bad-range': 'lasting',
  'body-too-large': 'lasting',
  'repository-damaged': 'lasting',
  'pack-damaged': 'lasting',
  'snapshot-not-found': 'lasting',
  // The password is right for the repository: it is this copy whose key files are not.
  'wrong-password': 'lasting',
};

export function judgeTrouble(failure: Failure): Trouble {
  if (failure.code === 'unavailable') return failure.retryable ? 'passing' : 'lasting';
  return troubleOf[failure.code] ?? 'run';
}

/** Where no node is left: what to tell, with each node's own reason. */
export function noNodeLeft(reason: string, cause: Failure | null): Failure {
  return new Failure('no-node', cutText(reason, 4000), { retryable: true, cause });
}
