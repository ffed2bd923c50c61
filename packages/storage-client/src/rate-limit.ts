/** An unused line does not save up for later more than this, ms. */
const BURST_MS = 100;
const SLICE_MS = 250;
const LARGEST_SLICE_BYTES = 128 * 1024;

/** Shares a line of so many bytes a second among all that ask it. Time is any steady clock, in ms. */
export class RateLimit {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  /** When the line will have carried all it was asked for. */
  #freeAt = 0;

  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
  }

  /** As many bytes as should go at a time. */
  get sliceBytes(): number {
    const slice = Math.ceil((this.#bytesPerSecond * SLICE_MS) / 1000);
    return Math.min(LARGEST_SLICE_BYTES, Math.max(512, slice));
  }

  /** Gives these bytes their turn; returns how long to wait for it, ms. */
  take(bytes: number): number {
    const now = this.#now();
    this.#freeAt = Math.max(this.#freeAt, now - BURST_MS);
    const wait = Math.max(0, this.#freeAt - now);
    this.#freeAt += (bytes / this.#bytesPerSecond) * 1000;
    return wait;
  }
}

/** For requests that are to leave something of the line to others. */
export interface TransferRates {
  upload?: RateLimit;
  download?: RateLimit;
}
