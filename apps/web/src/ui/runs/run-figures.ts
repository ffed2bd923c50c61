import type { Run } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';

/** How far a run is. Unknown whenever a share of the whole would be a guess. */
export type Completion =
  | { known: true; fraction: number; by: 'bytes' | 'files' }
  | { known: false; why: 'not-started' | 'counting' | 'grew' | 'ended' };

/** Forget counts snapshots and prune packs: neither knows how many bytes there will be. */
function countsBytes(kind: Run['kind']): boolean {
  return kind !== 'forget' && kind !== 'prune';
}

/**
 * The share of the source dealt with. While the totals are being counted, or once the source has outgrown them,
 * there is no honest share.
 */
export function completion(run: Pick<Run, 'kind' | 'state' | 'progress'>): Completion {
  if (run.state === 'succeeded' || run.state === 'partial') return { known: true, fraction: 1, by: 'bytes' };
  const progress = run.progress;
  if (progress === null) return { known: false, why: isFinal(run.state) ? 'ended' : 'not-started' };
  const { filesTotal, bytesDone, filesDone } = progress;
  const bytesTotal = countsBytes(run.kind) ? progress.bytesTotal : 0;
  if (bytesTotal === null || filesTotal === null) {
    return { known: false, why: isFinal(run.state) ? 'ended' : 'counting' };
  }
  if (bytesDone > bytesTotal || filesDone > filesTotal) return { known: false, why: 'grew' };
  if (bytesTotal > 0) return { known: true, fraction: bytesDone / bytesTotal, by: 'bytes' };
  return { known: true, fraction: filesTotal === 0 ? 1 : filesDone / filesTotal, by: 'files' };
}

/** Whole percents that never read 100 before it is done, nor 0 once something is. */
export function wholePercent(fraction: number): number {
  if (fraction >= 1) return 100;
  if (fraction <= 0) return 0;
  return Math.min(99, Math.max(1, Math.floor(fraction * 100)));
}

/** How many files the snapshot of a backup has; null while that is not known, and of what is no backup. */
export function filesTaken({ kind, stats }: Pick<Run, 'kind' | 'stats'>): number | null {
  if (kind !== 'backup' || stats === null) return null;
  const { filesNew, filesChanged, filesUnmodified } = stats;
  if (filesNew === undefined || filesChanged === undefined || filesUnmodified === undefined) return null;
  return filesNew + filesChanged + filesUnmodified;
}

/** Progress messages come several times a second: after this long without one, speeds are history. */
export const PROGRESS_FRESH_MS = 6000;

export type Freshness =
  /** Figures are of now. */
  | { kind: 'live' }
  /** The last figures are `ageMs` old; `why` tells whose silence it is. */
  | { kind: 'old'; ageMs: number; why: 'no-connection' | 'agent-silent' }
  /** There is nothing to be fresh: the run has not begun or is over. */
  | { kind: 'still' };

/**
 * May a speed and an ETA be shown as current?
 * @param heardAt epoch ms of the last progress this page received; null before the first
 */
export function freshness(
  state: Run['state'],
  heardAt: number | null,
  connected: boolean,
  now: number,
): Freshness {
  if (state !== 'running') return { kind: 'still' };
  if (heardAt === null) return { kind: 'old', ageMs: 0, why: connected ? 'agent-silent' : 'no-connection' };
  const ageMs = Math.max(0, now - heardAt);
  if (!connected) return { kind: 'old', ageMs, why: 'no-connection' };
  return ageMs > PROGRESS_FRESH_MS ? { kind: 'old', ageMs, why: 'agent-silent' } : { kind: 'live' };
}

/** What is left, or why nobody knows. */
export type Remaining =
  | { kind: 'seconds'; seconds: number }
  | { kind: 'unknown'; why: 'counting' | 'grew' | 'standing' | 'old' }
  | { kind: 'none' };

export function remaining(run: Pick<Run, 'kind' | 'state' | 'progress'>, fresh: Freshness): Remaining {
  if (run.state !== 'running' || run.progress === null) return { kind: 'none' };
  if (fresh.kind === 'old') return { kind: 'unknown', why: 'old' };
  const share = completion(run);
  if (!share.known) return { kind: 'unknown', why: share.why === 'grew' ? 'grew' : 'counting' };
  const seconds = run.progress.etaSeconds;
  if (seconds === null) return { kind: 'unknown', why: 'standing' };
  return { kind: 'seconds', seconds };
}

/** Seconds from start to end, or to `now` while it runs; null before the start. */
export function durationSeconds(run: Pick<Run, 'startedAt' | 'endedAt'>, now: number): number | null {
  if (run.startedAt === null) return null;
  const end = run.endedAt === null ? now : Date.parse(run.endedAt);
  return Math.max(0, (end - Date.parse(run.startedAt)) / 1000);
}
