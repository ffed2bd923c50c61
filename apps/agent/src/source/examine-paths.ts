import type { FailureMessage } from '@breakwater/contract/failure-codes';
import { asFailure } from '@breakwater/domain/failure';
import { checkPaths } from './check-paths.ts';

/** The paths of a backup that could not be begun if it ran now, each with why. */
export function examinePaths(paths: readonly string[]): { path: string; failure: FailureMessage }[] {
  return paths.flatMap((path) => {
    try {
      checkPaths([path]);
      return [];
    } catch (error) {
      const { code, message, retryable } = asFailure(error);
      return [{ path, failure: { code, message, retryable } }];
    }
  });
}
