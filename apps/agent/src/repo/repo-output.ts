import type { FileIssue, RunProgress } from '@breakwater/contract/run';
import type { Failure } from '@breakwater/domain/failure';
import type { RecordValue } from './record-json.ts';

export { printable } from './printable.ts';

export type JsonRecord = { readonly [name: string]: RecordValue };

/** How much people want to see: -1 `--quiet`, 0, 1 `--verbose`, 2 `--verbose` twice (each file). */
export type Verbosity = -1 | 0 | 1 | 2;

/**
 * Where a `repo` command's answers go: sentences for people, or with `--json` what stock restic writes there. A
 * command whose two forms differ in more than one line uses `text` for the one and `record` or `document` for the
 * other: each does nothing in the other form.
 */
export interface RepoOutput {
  readonly json: boolean;
  readonly verbosity: Verbosity;
  /** An answer: the text for people (stdout), or the record for programs (one line on stdout). */
  answer(text: string, record: JsonRecord): void;
  /** For people only: lines on stdout. File names in it must have gone through `printable`. */
  text(text: string): void;
  /** For programs only: one JSON line on stdout, with restic's `message_type` or `struct_type` in it. */
  record(record: JsonRecord): void;
  /** For programs only: the one JSON document that a command like `snapshots` answers. */
  document(value: RecordValue): void;
  /** Something moves: a line that a terminal overwrites, or a record (`status`). Not more than ten a second. */
  status(line: string, record: JsonRecord): void;
  /** `status` of a backup. */
  progress(progress: RunProgress): void;
  /** What went wrong with one file; restic's `error` record. On stderr in both forms. */
  issue(issue: FileIssue): void;
  /** What went wrong otherwise without ending the command: a sentence, or this record. On stderr in both forms. */
  problem(message: string, record: JsonRecord): void;
  /** A remark, on stderr in both forms; not with `--quiet`. */
  note(message: string): void;
  /** Why the command ends; restic's `exit_error` record. On stderr in both forms. */
  failure(failure: Failure): void;
}

export interface OutputStreams {
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}
