export type ProbeAdmission =
  | { kind: 'admitted'; leave: () => void }
  | { kind: 'refused'; retryAfterSeconds: number; reason: string };

/** Over how long the share is kept: short enough to spread probes, long enough for a new agent's first few. */
const WINDOW_MS = 60_000;
/** The most a probe can take: warm-up, measurement, and the answer. */
const LONGEST_PROBE_MS = 3500;
/** While others send or fetch files, probes come this much apart, ms, so that measuring costs them little. */
const LOADED_SPACING_MS = 60_000;
/** Load lasts longer than a probe. */
const LOADED_RETRY_SECONDS = 15;

/**
 * One probe at a time, and at most a share of the node's time: time for probes accrues at that share, up to
 * what a minute gives, and is spent by the probes. Under load hardly any: it would take from the transfers, and
 * measure what they leave of the link. A refusal says when to come back; it is no speed of zero.
 */
export class ProbeGate {
  readonly #share: number;
  readonly #now: () => number;
  #isBusy = false;
  /** Probe time left, in ms. */
  #credit: number;
  #creditAt: number;
  #admittedAt = Number.NEGATIVE_INFINITY;

  /** `share` is of 1; `now` in ms, on a clock that does not jump. */
  constructor(share: number, now: () => number = () => performance.now()) {
    this.#share = share;
    this.#now = now;
    this.#credit = share * WINDOW_MS;
    this.#creditAt = now();
  }

  /** `isLoaded`: files of others are on their way. */
  enter(isLoaded = false): ProbeAdmission {
    const startedAt = this.#now();
    this.#accrue(startedAt);
    if (this.#isBusy) {
      return {
        kind: 'refused',
        retryAfterSeconds: Math.ceil(LONGEST_PROBE_MS / 1000),
        reason: 'Another probe is being measured.',
      };
    }
    if (this.#credit <= 0) {
      const waitMs = (1 - this.#credit) / this.#share;
      return {
        kind: 'refused',
        retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
        reason: `Probes may take ${this.#share * 100} % of this node's time, and they have.`,
      };
    }
    if (isLoaded && startedAt - this.#admittedAt < LOADED_SPACING_MS) {
      return {
        kind: 'refused',
        retryAfterSeconds: LOADED_RETRY_SECONDS,
        reason: 'Files are on their way, which go before probes.',
      };
    }
    this.#isBusy = true;
    this.#admittedAt = startedAt;
    let isInside = true;
    return {
      kind: 'admitted',
      leave: () => {
        if (!isInside) return;
        isInside = false;
        this.#isBusy = false;
        const now = this.#now();
        this.#accrue(now);
        this.#credit -= now - startedAt;
      },
    };
  }

  #accrue(now: number): void {
    this.#credit = Math.min(this.#share * WINDOW_MS, this.#credit + (now - this.#creditAt) * this.#share);
    this.#creditAt = now;
  }
}
