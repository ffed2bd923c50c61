/** Pauses that double from `firstMs` up to `longestMs`, each shortened at random by up to half. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/** The pause before try `tries + 1`; `random` is in [0, 1). */
export function pauseMs(backoff: Backoff, tries: number, random: number): number {
  const full = Math.min(backoff.longestMs, backoff.firstMs * 2 ** Math.min(tries - 1, 30));
  return Math.round(full * (1 - random / 2));
}
