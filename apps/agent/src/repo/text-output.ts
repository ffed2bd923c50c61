import type { FileIssue, RunProgress } from '@breakwater/contract/run';
import type { Failure } from '@breakwater/domain/failure';
import { formatBytes, formatDuration } from './format-quantity.ts';
import { printable } from './printable.ts';
import type { OutputStreams, RepoOutput, Verbosity } from './repo-output.ts';

/** Answers on stdout; issues, notes and the moving line, which only a terminal gets, on stderr. */
export class TextOutput implements RepoOutput {
  readonly json = false;
  readonly verbosity: Verbosity;
  readonly #streams: OutputStreams;
  #lineShown = false;

  constructor(streams: OutputStreams, verbosity: Verbosity) {
    this.#streams = streams;
    this.verbosity = verbosity;
  }

  answer(text: string): void {
    this.text(text);
  }
  text(text: string): void {
    this.#clearLine();
    this.#streams.out.write(`${text}\n`);
  }
  record(): void {}
  document(): void {}
  status(line: string): void {
    if (this.#streams.err.isTTY !== true || this.verbosity < 0) return;
    this.#streams.err.write(`\r\u001b[K${line.slice(0, (this.#streams.err.columns ?? 80) - 1)}`);
    this.#lineShown = true;
  }
  progress(progress: RunProgress): void {
    this.status(progressLine(progress));
  }
  issue(issue: FileIssue): void {
    this.#say(`${issue.path}: ${issue.message}`);
  }
  problem(message: string): void {
    this.#say(message);
  }
  note(message: string): void {
    if (this.verbosity >= 0) this.#say(message);
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
  if (progress.errors > 0) parts.push(progress.errors === 1 ? '1 issue' : `${progress.errors} issues`);
  if (progress.currentFile !== null) parts.push(printable(progress.currentFile));
  return parts.join('  ');
}
