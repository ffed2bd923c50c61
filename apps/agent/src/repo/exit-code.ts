import type { Failure } from '@breakwater/domain/failure';

/** 0 done; 1 failed; 3 done but for some files; 10 no repository there; 11 locked; 12 wrong password; 130 cancelled. */
export type ExitCode = 0 | 1 | 3 | 10 | 11 | 12 | 130;

/** The exit code of a `repo` command that ended with this failure: stock restic's (0.17.1 and later) where it has one. */
export function exitCodeOf(failure: Failure): ExitCode {
  switch (failure.code) {
    case 'repository-missing':
      return 10;
    case 'repository-locked':
      return 11;
    case 'wrong-password':
      return 12;
    case 'cancelled':
      return 130;
    default:
      return 1;
  }
}
