/** An unused line does not save up for later more than this, ms. */
const BURST_MS = 100;
const SLICE_MS = 100;
const LARGEST_SLICE_BYTES = 128 * 1024;
const SMALLEST_SLICE_BYTES = 512;
/** The longest that a timer is set for; what is left is waited for anew. */
const LONGEST_WAIT_MS = 60_000;

/** What a body asks before each piece of it. */
export interface Pace {
  /** As many bytes as should go at a time, now. */
  readonly sliceBytes: number;
  /** False: whoever asks may go at once, and need not ask. */
  readonly isLimited: boolean;
  /**
   * Gives these bytes their turn, and resolves when they may go with how long they waited, ms. Once `signal` is aborted
   * it resolves at once.
   */
  turn(bytes: number, signal?: AbortSignal): Promise<number>;
}

/**
 * Shares a line of so many bytes a second, or of as many as there are (null), among all that ask it. The rate may be
 * changed at any time, for those too that wait. Time is any steady clock, in ms.
 */
export class RateLimit implements Pace {
  #bytesPerSecond: number | null;
  readonly #now: () => number;
  /** Bytes that the line could have carried by `#countedAt`, and the place in that count of the next who asks. */
  #carried = 0;
  #countedAt: number;
  #nextPlace = 0;
  /** Wakes those who wait. */
  readonly #waiting = new Set<() => void>();
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number | null, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
    this.#countedAt = now();
  }

  get isLimited(): boolean {
    return this.#bytesPerSecond !== null;
  }

  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  set bytesPerSecond(rate: number | null) {
    if (rate === this.#bytesPerSecond) return;
    this.#count();
    this.#bytesPerSecond = rate;
    for (const wake of this.#waiting) wake();
  }

  get sliceBytes(): number {
    if (this.#bytesPerSecond === null) return LARGEST_SLICE_BYTES;
    const slice = Math.ceil((this.#bytesPerSecond * SLICE_MS) / 1000);
    return Math.min(LARGEST_SLICE_BYTES, Math.max(SMALLEST_SLICE_BYTES, slice));
  }

  /** Whether somebody had to wait within the last so many ms. */
  hasHeld(withinMs: number): boolean {
    return this.#now() - this.#heldAt <= withinMs;
  }

  async turn(bytes: number, signal?: AbortSignal): Promise<number> {
    const place = this.#take(bytes);
    const began = this.#now();
    for (;;) {
      const waitMs = this.#waitMs(place);
      if (waitMs <= 0 || signal?.aborted) return this.#now() - began;
      this.#heldAt = this.#now();
      await this.#sleep(Math.min(waitMs, LONGEST_WAIT_MS), signal);
    }
  }

  #take(bytes: number): number {
    this.#count();
    const saved = ((this.#bytesPerSecond ?? 0) * BURST_MS) / 1000;
    const place = Math.max(this.#nextPlace, this.#carried - saved);
    this.#nextPlace = place + bytes;
    return place;
  }

  #waitMs(place: number): number {
    this.#count();
    if (this.#bytesPerSecond === null) return 0;
    return ((place - this.#carried) / this.#bytesPerSecond) * 1000;
  }

  #count(): void {
    const now = this.#now();
    if (this.#bytesPerSecond === null) this.#carried = this.#nextPlace;
    else this.#carried += ((now - this.#countedAt) / 1000) * this.#bytesPerSecond;
    this.#countedAt = now;
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
    this.#waiting.add(wake);
    await promise;
    this.#waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
    clearTimeout(timer);
  }
}

/** Of several limits, each for what passes it, the least holds. */
export class LeastPace implements Pace {
  readonly #limits: readonly Pace[];

  constructor(limits: readonly Pace[]) {
    this.#limits = limits;
  }

  get sliceBytes(): number {
    return Math.min(LARGEST_SLICE_BYTES, ...this.#limits.map((one) => one.sliceBytes));
  }

  get isLimited(): boolean {
    return this.#limits.some((one) => one.isLimited);
  }

  async turn(bytes: number, signal?: AbortSignal): Promise<number> {
    return Math.max(0, ...(await Promise.all(this.#limits.map((one) => one.turn(bytes, signal)))));
  }
}

/** For requests that are to leave something of the line to others. */
export interface TransferRates {
  upload?: Pace;
  download?: Pace;
}
