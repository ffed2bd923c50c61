import type { Remark } from '@breakwater/contract/remark';
import { NO_PROGRESS, type RunProgress, type RunStats } from '@breakwater/contract/run';
import { cutText } from '@breakwater/domain/cut-text';
import { senseOf } from '../remarks/say.ts';
import { Rate } from '../backup/rate.ts';
import { displayPath } from '../source/display-path.ts';

/** What a restore has done so far. */
export class RestoreCounters {
  /** Regular files written, whole or in part; links to them count each. */
  filesDone = 0;
  bytesDone = 0;
  /** Files that were right already. */
  filesUnchanged = 0;
  bytesUnchanged = 0;
  /** Files that were not to be touched. */
  filesSkipped = 0;
  bytesSkipped = 0;
  /** Folders, symlinks, FIFOs and devices. */
  othersDone = 0;
  othersSkipped = 0;
  deleted = 0;
  /** Files that are not as in the snapshot, and known not to be: nothing to verify. Raw paths. */
  readonly exempt = new Set<string>();
  filesTotal: number | null = null;
  bytesTotal: number | null = null;
  phase: RunProgress['phase'] = 'transferring';
  /** Raw path. */
  currentFile: string | null = null;
  note: Remark | null = null;
  readonly #rate = new Rate();

  progress(now: number, errors: number): RunProgress {
    const done = this.bytesDone + this.bytesUnchanged + this.bytesSkipped;
    const bytesPerSecond = this.#rate.note(done, now);
    const left = this.bytesTotal === null ? null : Math.max(0, this.bytesTotal - done);
    return {
      ...NO_PROGRESS,
      phase: this.phase,
      filesDone: this.filesDone + this.filesUnchanged + this.filesSkipped,
      bytesDone: done,
      filesTotal: this.filesTotal,
      bytesTotal: this.bytesTotal,
      bytesPerSecond,
      etaSeconds: left === null || bytesPerSecond <= 0 ? null : left / bytesPerSecond,
      currentFile: this.currentFile === null ? null : cutText(displayPath(this.currentFile), 4096),
      errors,
      note: this.note?.text ?? null,
      noteSense: senseOf(this.note),
    };
  }

  /** What was right already counts: a restore that goes on after another has it in the end. */
  stats(durationSeconds: number): RunStats {
    return {
      filesRestored: this.filesDone + this.filesUnchanged,
      bytesRestored: this.bytesDone + this.bytesUnchanged,
      durationSeconds,
    };
  }
}
