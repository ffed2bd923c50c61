import type { FileIssue, RunProgress } from '@breakwater/contract/run';
import type { Failure } from '@breakwater/domain/failure';
import { formatBytes, formatDuration } from './format-quantity.ts';

/** Where a `repo` command's answers go: sentences for people, or one JSON object a line with `--json`. */
export interface RepoOutput {
  /** An answer: the text for people, or the record with a `type` for programs. */
  answer(text: string, record: { type: string } & Record<string, unknown>): void;
  progress(progress: RunProgress): void;
  issue(issue: FileIssue): void;
  note(message: string): void;
  failure(failure: Failure): void;
}

export interface OutputStreams {
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

export function createRepoOutput(json: boolean, streams: OutputStreams): RepoOutput {
  return json ? new JsonOutput(streams) : new TextOutput(streams);
}

class JsonOutput implements RepoOutput {
  readonly #streams: OutputStreams;

  constructor(streams: OutputStreams) {
    this.#streams = streams;
  }

  answer(_text: string, record: { type: string } & Record<string, unknown>): void {
    this.#write(record);
  }
  progress(progress: RunProgress): void {
    this.#write({ type: 'progress', ...progress });
  }
  issue(issue: FileIssue): void {
    this.#write({ type: 'issue', ...issue });
  }
  note(message: string): void {
    this.#write({ type: 'note', message });
  }
  failure(failure: Failure): void {
    this.#write({
      type: 'failure',
      code: failure.code,
      message: failure.message,
      retryable: failure.retryable,
    });
  }

  #write(record: Record<string, unknown>): void {
    this.#streams.out.write(`${JSON.stringify(record)}\n`);
  }
}

/** Answers on stdout; issues, notes and the progress line, which only a terminal gets, on stderr. */
class TextOutput implements RepoOutput {
  readonly #streams: OutputStreams;
  #lineShown = false;

  constructor(streams: OutputStreams) {
    this.#streams = streams;
  }

  answer(text: string): void {
    this.#clearLine();
    this.#streams.out.write(`${text}\n`);
  }
  progress(progress: RunProgress): void {
    if (this.#streams.err.isTTY !== true) return;
    const line = progressLine(progress).slice(0, (this.#streams.err.columns ?? 80) - 1);
    this.#streams.err.write(`\r\u001b[K${line}`);
    this.#lineShown = true;
  }
  issue(issue: FileIssue): void {
    this.#say(`${issue.path}: ${issue.code}: ${issue.message}`);
  }
  note(message: string): void {
    this.#say(message);
  }
  failure(failure: Failure): void {
    this.#say(`breakwater-agent: ${failure.message}`);
  }

  #say(message: string): void {
    this.#clearLine();
    this.#streams.err.write(`${printable(message)}\n`);
  }

  #clearLine(): void {
    if (this.#lineShown) this.#streams.err.write('\r\u001b[K');
    this.#lineShown = false;
  }
}

function progressLine(progress: RunProgress): string {
  const { bytesDone, bytesTotal, filesDone, filesTotal } = progress;
  const percent =
    bytesTotal === null || bytesTotal === 0
      ? ''
      : `${Math.min(100, (bytesDone / bytesTotal) * 100).toFixed(1)}%  `;
  const parts = [
    `${percent}${formatBytes(bytesDone)}${bytesTotal === null ? '' : ` of ${formatBytes(bytesTotal)}`}`,
    `${filesDone}${filesTotal === null ? '' : ` of ${filesTotal}`} files`,
    `${formatBytes(Math.round(progress.bytesPerSecond))}/s`,
  ];
  if (progress.etaSeconds !== null) parts.push(`ETA ${formatDuration(progress.etaSeconds)}`);
  if (progress.errors > 0) parts.push(`${progress.errors} issues`);
  if (progress.currentFile !== null) parts.push(printable(progress.currentFile));
  return parts.join('  ');
}

/** File names may hold newlines and terminal escapes: these must not reach a terminal raw. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
