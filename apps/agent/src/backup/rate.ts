/** A growing count's speed over the last few seconds. */
export class Rate {
  readonly #windowMs: number;
  readonly #points: { at: number; total: number }[] = [];

  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /** Notes the total at `at` (ms) and returns units a second since the window's start. */
  note(total: number, at: number): number {
    this.#points.push({ at, total });
    while (this.#points.length > 2 && (this.#points[1]?.at ?? at) <= at - this.#windowMs)
      this.#points.shift();
    const first = this.#points[0];
    if (first === undefined || at <= first.at) return 0;
    return Math.max(0, ((total - first.total) * 1000) / (at - first.at));
  }
}
