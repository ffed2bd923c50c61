import type { RunProgress, RunStats } from '@breakwater/contract/run';
import { Rate } from '../backup/rate.ts';
import { displayPath } from '../source/display-path.ts';

/** What a restore has done so far. */
export class RestoreCounters {
  filesDone = 0;
  bytesDone = 0;
  filesTotal: number | null = null;
  bytesTotal: number | null = null;
  phase: RunProgress['phase'] = 'transferring';
  /** Raw path. */
  currentFile: string | null = null;
  note: string | null = null;
  readonly #rate = new Rate();

  progress(now: number, errors: number): RunProgress {
    const bytesPerSecond = this.#rate.note(this.bytesDone, now);
    const left = this.bytesTotal === null ? null : Math.max(0, this.bytesTotal - this.bytesDone);
    return {
      phase: this.phase,
      filesDone: this.filesDone,
      bytesDone: this.bytesDone,
      filesTotal: this.filesTotal,
      bytesTotal: this.bytesTotal,
      bytesSent: 0,
      bytesPerSecond,
      sentPerSecond: 0,
      etaSeconds: left === null || bytesPerSecond <= 0 ? null : left / bytesPerSecond,
      currentFile: this.currentFile === null ? null : displayPath(this.currentFile).slice(0, 4096),
      nodeName: null,
      errors,
      note: this.note,
    };
  }

  stats(durationSeconds: number): RunStats {
    return { filesRestored: this.filesDone, bytesRestored: this.bytesDone, durationSeconds };
  }
}
