/** Long enough that a burst into buffers does not count as a rate. */
const SPAN_MS = 5000;
const HOUR_MS = 3_600_000;
const HOURS = 24;

/** The most that arrived in five seconds, of everybody together, within a day: what the node's link can carry. */
export class LinkPeak {
  readonly #now: () => number;
  #spanFrom: number;
  #bytes = 0;
  /** By hour, the best span's bytes a second. */
  readonly #hours = new Map<number, number>();

  /** `now` in ms, on a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#spanFrom = now();
  }

  arrived(bytes: number): void {
    this.#endSpan();
    this.#bytes += bytes;
  }

  /** Bytes a second; 0 while nothing has arrived. */
  bytesPerSecond(): number {
    this.#endSpan();
    return Math.max(0, ...this.#hours.values());
  }

  #endSpan(): void {
    const now = this.#now();
    const spanMs = now - this.#spanFrom;
    if (spanMs < SPAN_MS) return;
    const hour = Math.floor(now / HOUR_MS);
    const rate = (this.#bytes / spanMs) * 1000;
    if (rate > 0) this.#hours.set(hour, Math.max(this.#hours.get(hour) ?? 0, rate));
    for (const past of this.#hours.keys()) if (past <= hour - HOURS) this.#hours.delete(past);
    this.#spanFrom = now;
    this.#bytes = 0;
  }
}
