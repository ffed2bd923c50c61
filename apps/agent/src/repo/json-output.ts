import type { FileIssue, RunProgress } from '@breakwater/contract/run';
import type { Failure } from '@breakwater/domain/failure';
import { exitCodeOf } from './exit-code.ts';
import { type RecordValue, recordJson } from './record-json.ts';
import type { JsonRecord, OutputStreams, RepoOutput, Verbosity } from './repo-output.ts';

/** Records in restic's shapes: answers and status on stdout, errors on stderr. */
export class JsonOutput implements RepoOutput {
  readonly json = true;
  readonly verbosity: Verbosity;
  readonly #streams: OutputStreams;
  readonly #startedAt = performance.now();

  constructor(streams: OutputStreams, verbosity: Verbosity) {
    this.#streams = streams;
    this.verbosity = verbosity;
  }

  answer(_text: string, record: JsonRecord): void {
    this.#out(record);
  }
  text(): void {}
  record(record: JsonRecord): void {
    this.#out(record);
  }
  document(value: RecordValue): void {
    this.#out(value);
  }
  status(_line: string, record: JsonRecord): void {
    if (this.verbosity >= 0) this.#out(record);
  }
  progress(progress: RunProgress): void {
    const { bytesDone, bytesTotal, filesDone, filesTotal, etaSeconds, errors, currentFile } = progress;
    this.status('', {
      message_type: 'status',
      seconds_elapsed: positive(Math.floor((performance.now() - this.#startedAt) / 1000)),
      seconds_remaining: positive(Math.round(etaSeconds ?? 0)),
      percent_done: bytesTotal === null || bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal),
      total_files: positive(filesTotal ?? 0),
      files_done: positive(filesDone),
      total_bytes: positive(bytesTotal ?? 0),
      bytes_done: positive(bytesDone),
      error_count: positive(errors),
      current_files: currentFile === null ? undefined : [currentFile],
    });
  }
  issue(issue: FileIssue): void {
    this.#err({
      message_type: 'error',
      error: { message: issue.message },
      during: duringInRestic(issue.during),
      item: issue.path,
      code: issue.code,
    });
  }
  problem(_message: string, record: JsonRecord): void {
    this.#err(record);
  }
  note(message: string): void {
    if (this.verbosity >= 0) this.#err({ message_type: 'note', message });
  }
  failure(failure: Failure): void {
    this.#err({
      message_type: 'exit_error',
      code: exitCodeOf(failure),
      message: failure.message,
      failure_code: failure.code,
      retryable: failure.retryable,
    });
  }

  #out(value: RecordValue): void {
    this.#streams.out.write(`${recordJson(value)}\n`);
  }
  #err(value: RecordValue): void {
    this.#streams.err.write(`${recordJson(value)}\n`);
  }
}

/** restic leaves zero fields out. */
function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function duringInRestic(during: FileIssue['during']): string {
  if (during === 'scan') return 'scan';
  return during === 'read' ? 'archival' : 'restore';
}
