/** Our clock minus the control center's, from heartbeats and their acks. */
export class ClockOffset {
  readonly #samples: { offsetMs: number; roundTripMs: number }[] = [];
  readonly #keep: number;

  constructor(keep = 8) {
    this.#keep = keep;
  }

  /**
   * `sentAt`: our clock when the heartbeat left; `receivedAt`: theirs when it came; `roundTripMs`: until the ack
   * was here, by a clock that does not jump. It is taken to have been half way then.
   */
  note(sentAt: number, receivedAt: number, roundTripMs: number): void {
    this.#samples.push({ offsetMs: sentAt + roundTripMs / 2 - receivedAt, roundTripMs });
    if (this.#samples.length > this.#keep) this.#samples.shift();
  }

  /** After a new connection the other side may be another machine with another clock. */
  reset(): void {
    this.#samples.length = 0;
  }

  /** By the quickest of the last round trips, whose halves can differ least; null before the first. */
  get ms(): number | null {
    let best: { offsetMs: number; roundTripMs: number } | undefined;
    for (const sample of this.#samples) {
      if (best === undefined || sample.roundTripMs <= best.roundTripMs) best = sample;
    }
    return best === undefined ? null : Math.round(best.offsetMs);
  }
}
