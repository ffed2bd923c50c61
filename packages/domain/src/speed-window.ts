/** Speed samples of one agent→node pair and their simple moving average, in bytes a second. */
export interface SpeedWindow {
  readonly size: number;
  /** Oldest first, at most `size`. */
  readonly samples: readonly SpeedSample[];
  /** Null before the first sample. */
  readonly sma: number | null;
}

export interface SpeedSample {
  readonly bytesPerSecond: number;
  readonly kind: 'probe' | 'transfer';
  /** Epoch milliseconds. */
  readonly at: number;
}

export const DEFAULT_WINDOW = 5;
/** A window whose newest sample is older than this is measured again before a ranking. */
export const WINDOW_STALE_MS = 10 * 60_000;

export function emptyWindow(size = DEFAULT_WINDOW): SpeedWindow {
  return { size, samples: [], sma: null };
}

/**
 * The window after one more sample NS(m+1). While it fills, the mean of the samples so far; once full,
 * SMA(m+1) = SMA(m) − NS(m+1−n)/n + NS(m+1)/n (CN103336730A, claim 4).
 */
export function addSample(window: SpeedWindow, sample: SpeedSample): SpeedWindow {
  const samples = [...window.samples, sample];
  if (samples.length <= window.size || window.sma === null) {
    const sum = samples.reduce((total, one) => total + one.bytesPerSecond, 0);
    return { size: window.size, samples, sma: sum / samples.length };
  }
  const dropped = samples.shift();
  const sma = window.sma - (dropped?.bytesPerSecond ?? 0) / window.size + sample.bytesPerSecond / window.size;
  // Rounding must never leave a negative average behind when samples fall to zero.
  return { size: window.size, samples, sma: Math.max(0, sma) };
}

/** Below this part of the time with a body on its way, the sender set the pace. */
const BUSY_SHARE = 0.8;
/** Above this part of that time, a limit on the bandwidth set it. */
const HELD_SHARE = 0.05;

/**
 * Whether the sender, not the network, set the pace of a transfer: its socket was never full, or it had nothing on
 * its way for much of the time, as when its disk held it back, or a limit did. Short bursts then say more of slow
 * starts and of the receiver's disk than of the link. `elapsedMs` is from the first of them on; `heldMs` is what all
 * bodies together waited for their turns.
 */
export function isApplicationLimited(transfer: {
  wasFull: boolean;
  busyMs: number;
  elapsedMs: number;
  heldMs?: number;
}): boolean {
  const { wasFull, busyMs, elapsedMs, heldMs = 0 } = transfer;
  return !wasFull || busyMs < elapsedMs * BUSY_SHARE || isHeld(busyMs, heldMs);
}

/** Whether a limit on the bandwidth, not the network, set the pace of what took `busyMs`. */
export function isHeld(busyMs: number, heldMs: number): boolean {
  return heldMs > busyMs * HELD_SHARE;
}

/**
 * Whether a transfer sample joins the window. One taken while the sender was not held up by the network says
 * only "at least this fast": it counts only if it is above the average.
 */
export function transferSampleCounts(
  window: SpeedWindow,
  bytesPerSecond: number,
  applicationLimited: boolean,
): boolean {
  return !applicationLimited || window.sma === null || bytesPerSecond > window.sma;
}

export function isStale(window: SpeedWindow, now: number): boolean {
  const newest = window.samples.at(-1);
  return newest === undefined || now - newest.at > WINDOW_STALE_MS;
}

/** The window with another size: its newest samples, and their mean. */
export function resizeWindow(window: SpeedWindow, size: number): SpeedWindow {
  if (size === window.size) return window;
  const newest = window.samples.slice(-size);
  return newest.reduce(addSample, emptyWindow(size));
}
