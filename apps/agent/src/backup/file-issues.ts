import { type FileIssue, MAX_REPORTED_ISSUES } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import { errorCode } from '../posix/error-code.ts';
import { displayPath } from '../source/display-path.ts';

/** What went wrong with single files: all counted and told at once, the first thousand kept for the report. */
export class FileIssues {
  readonly list: FileIssue[] = [];
  count = 0;
  readonly #onIssue: (issue: FileIssue) => void;

  constructor(onIssue: (issue: FileIssue) => void) {
    this.#onIssue = onIssue;
  }

  /** `path` is a raw string. */
  add(path: string, during: FileIssue['during'], code: FileIssue['code'], message: string): void {
    const issue = { path: cutText(displayPath(path), 8192), during, code, message: cutText(message, 2000) };
    this.count += 1;
    if (this.list.length < MAX_REPORTED_ISSUES) this.list.push(issue);
    this.#onIssue(issue);
  }

  /** A path of the backup itself that cannot be begun. */
  addMissingTarget(path: string, error: unknown): void {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
    const why = missing ? 'It does not exist' : `It cannot be read: ${reasonOf(error)}`;
    this.add(path, 'scan', 'unreadable', `${why}, so the backup goes on without it`);
  }

  /** A system error met while reading the source. */
  addReadError(path: string, during: 'scan' | 'read', error: unknown): void {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') {
      this.add(path, during, 'vanished', 'It was there when its folder was read, and then gone');
      return;
    }
    this.add(path, during, 'unreadable', reasonOf(error));
  }
}

/** A system error in words. */
export function reasonOf(error: unknown): string {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'Permission denied';
    case 'ENOENT':
      return 'No such file or folder';
    case 'EIO':
      return 'The disk reported a read or write error';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full';
    case 'ELOOP':
      return 'It became a symbolic link while it was read';
    case 'ENAMETOOLONG':
      return 'The path is too long';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
