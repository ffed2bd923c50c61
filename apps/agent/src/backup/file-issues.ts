import type { Remark } from '@breakwater/contract/remark';
import { type FileIssue, MAX_REPORTED_ISSUES } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import { errorCode } from '../posix/error-code.ts';
import { quote, say, senseOf, sentenceOf } from '../remarks/say.ts';
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
  add(path: string, during: FileIssue['during'], code: FileIssue['code'], said: Remark | string): void {
    const sense = senseOf(said);
    const issue = {
      path: cutText(displayPath(path), 8192),
      during,
      code,
      message: cutText(sentenceOf(said), 2000),
      ...(sense !== null && { sense }),
    };
    this.count += 1;
    if (this.list.length < MAX_REPORTED_ISSUES) this.list.push(issue);
    this.#onIssue(issue);
  }

  /** A path of the backup itself that cannot be begun. */
  addMissingTarget(path: string, error: unknown): void {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
    const said = missing
      ? say('backup-without-missing', {})
      : say('backup-without-unreadable', { why: sayReason(error) });
    this.add(path, 'scan', 'unreadable', said);
  }

  /** A system error met while reading the source. */
  addReadError(path: string, during: 'scan' | 'read', error: unknown): void {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') {
      this.add(path, during, 'vanished', say('file-vanished', {}));
      return;
    }
    this.add(path, during, 'unreadable', sayReason(error));
  }
}

/** A system error in words. */
export function reasonOf(error: unknown): string {
  return sayReason(error).text;
}

export function sayReason(error: unknown): Remark {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return say('permission-denied', {});
    case 'ENOENT':
      return say('no-such-file', {});
    case 'EIO':
      return say('disk-error', {});
    case 'ENOSPC':
    case 'EDQUOT':
      return say('disk-full', {});
    case 'ELOOP':
      return say('became-link', {});
    case 'ENAMETOOLONG':
      return say('path-too-long', {});
    default:
      return quote(error instanceof Error ? error.message : String(error));
  }
}
