import {
  PROBE_LEAST_BYTES,
  PROBE_LONGEST_MEASURE_MS,
  PROBE_MEASURE_BYTES,
  PROBE_MEASURE_MS,
  PROBE_WARMUP_BYTES,
  PROBE_WARMUP_MS,
} from '@breakwater/contract/storage-api';

export interface ProbeMeasurement {
  bytes: number;
  receiveMs: number;
  measuredBytes: number;
  measuredMs: number;
}

/**
 * What a probe's arriving bytes say. The warm-up (slow start, token buckets) is dropped; measuring begins with
 * the byte after it. `now` is in ms on a clock that does not jump.
 */
export class ProbeMeter {
  readonly #startedAt: number;
  #bytes = 0;
  #lastAt: number;
  #measureFrom: { at: number; bytes: number } | undefined;

  constructor(now: number) {
    this.#startedAt = now;
    this.#lastAt = now;
  }

  arrived(bytes: number, now: number): void {
    // The warm-up may have ended by time since the last bytes came; these are then the first that count.
    this.#endWarmupByTime(now);
    this.#bytes += bytes;
    this.#lastAt = now;
    if (this.#measureFrom === undefined && this.#bytes >= PROBE_WARMUP_BYTES) {
      this.#measureFrom = { at: now, bytes: this.#bytes };
    }
  }

  /** How long to wait for more, in ms; 0 when the measurement is complete. */
  remainingMs(now: number): number {
    this.#endWarmupByTime(now);
    if (this.#measureFrom === undefined) return this.#startedAt + PROBE_WARMUP_MS + PROBE_MEASURE_MS - now;
    const measured = this.#bytes - this.#measureFrom.bytes;
    if (measured >= PROBE_MEASURE_BYTES) return 0;
    const forMs = measured < PROBE_LEAST_BYTES ? PROBE_LONGEST_MEASURE_MS : PROBE_MEASURE_MS;
    return Math.max(0, this.#measureFrom.at + forMs - now);
  }

  /** `bodyEnded`: the sender had no more to send, so the time after its last byte does not count. */
  result(now: number, bodyEnded: boolean): ProbeMeasurement {
    const until = bodyEnded ? this.#lastAt : now;
    const from = this.#measureFrom;
    return {
      bytes: this.#bytes,
      receiveMs: until - this.#startedAt,
      measuredBytes: from === undefined ? 0 : this.#bytes - from.bytes,
      measuredMs: from === undefined ? 0 : Math.max(0, until - from.at),
    };
  }

  #endWarmupByTime(now: number): void {
    const endsAt = this.#startedAt + PROBE_WARMUP_MS;
    if (this.#measureFrom === undefined && now >= endsAt) {
      this.#measureFrom = { at: endsAt, bytes: this.#bytes };
    }
  }
}
