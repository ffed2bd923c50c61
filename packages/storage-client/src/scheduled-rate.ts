import { type BandwidthLimit, rateInForce, shareOfRate } from '@breakwater/domain/bandwidth-limit';
import { RateLimit } from './rate-limit.ts';

/** The longest that a window's begin or end is waited for in one go: clocks may be set meanwhile. */
const LONGEST_LOOK_MS = 30_000;

/** A limit on bandwidth as its hours have it, each way; until it is set, nothing is held back. */
export class ScheduledRate {
  readonly upload = new RateLimit(null);
  readonly download = new RateLimit(null);
  #limit: BandwidthLimit | null = null;
  #users = 1;
  #now: () => number = Date.now;
  #until: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** From now on; `users` share it evenly. `now` is the clock whose hours count, epoch ms. */
  set(limit: BandwidthLimit | null, now: () => number, users = 1): void {
    this.#limit = limit;
    this.#now = now;
    this.#users = users;
    this.#apply();
  }

  get bytesPerSecond(): number | null {
    return this.upload.bytesPerSecond;
  }

  /** Epoch ms when the rate changes by itself; null: it does not. */
  get until(): number | null {
    return this.#until;
  }

  /** Whether somebody had to wait for it within so many ms. */
  hasHeld(withinMs: number): boolean {
    return this.upload.hasHeld(withinMs) || this.download.hasHeld(withinMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #apply(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    const { bytesPerSecond, until } =
      this.#limit === null ? { bytesPerSecond: null, until: null } : rateInForce(this.#limit, now);
    this.upload.bytesPerSecond = shareOfRate(bytesPerSecond, this.#users);
    this.download.bytesPerSecond = this.upload.bytesPerSecond;
    this.#until = until;
    if (until === null) return;
    const waitMs = Math.min(LONGEST_LOOK_MS, Math.max(1, until - now));
    this.#timer = setTimeout(() => this.#apply(), waitMs);
    this.#timer.unref();
  }
}
