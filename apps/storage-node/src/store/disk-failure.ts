import { Failure } from '@breakwater/domain/failure';
import { hasCode } from './file-system.ts';

/** What a failing file-system call means to the sender of a request. */
export function diskFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (hasCode(error, 'ENOSPC')) {
    return new Failure('node-full', "The storage node's disk is full.", { cause: error });
  }
  if (hasCode(error, 'EDQUOT', 'EFBIG')) {
    return new Failure('quota-exceeded', "The storage node's quota on its disk is used up.", {
      cause: error,
    });
  }
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
    return new Failure('not-found', 'There is no such file on this node.', { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new Failure('unavailable', `The storage node's disk does not work (${code}).`, {
    retryable: true,
    cause: error,
  });
}
