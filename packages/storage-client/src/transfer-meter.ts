import { isApplicationLimited } from '@breakwater/domain/speed-window';
import type { TrafficObserver } from './traffic-observer.ts';

/** One measurement of a running transfer (design: speed, transfer samples). */
export interface TransferSample {
  bytesPerSecond: number;
  /** The sender set the pace, and the network may be faster. */
  applicationLimited: boolean;
}

/** Shorter or smaller than this, a measurement says more about buffers than about the network. */
const LEAST_BUSY_MS = 500;
const LEAST_BYTES = 1024 * 1024;

/**
 * Measures uploads while they happen. Only the time with a body on its way counts, so that a sender that reads
 * and compresses between two packs does not make the network look slow.
 */
export class TransferMeter implements TrafficObserver {
  /** Bytes of bodies handed to the network since the start. */
  sentBytes = 0;
  receivedBytes = 0;
  readonly #now: () => number;
  #inFlight = 0;
  #busySince = 0;
  /** When the first body of this sample was begun. */
  #firstAt: number | null = null;
  #busyMs = 0;
  #bytes = 0;
  #heldMs = 0;
  #full = false;

  /** `now`: a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  uploadBegan(): void {
    if (this.#inFlight === 0) this.#busySince = this.#now();
    this.#firstAt ??= this.#now();
    this.#inFlight += 1;
  }

  uploadEnded(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#busyMs += this.#now() - this.#busySince;
  }

  sent(bytes: number, full: boolean): void {
    this.sentBytes += bytes;
    this.#bytes += bytes;
    this.#full ||= full;
  }

  heldBack(ms: number): void {
    this.#heldMs += ms;
  }

  received(bytes: number): void {
    this.receivedBytes += bytes;
  }

  /** What was measured since the last sample, which starts the next; null (and goes on) while it is too little. */
  takeSample(): TransferSample | null {
    const now = this.#now();
    const busyMs = this.#busyMs + (this.#inFlight > 0 ? now - this.#busySince : 0);
    if (busyMs < LEAST_BUSY_MS || this.#bytes < LEAST_BYTES) return null;
    const elapsedMs = now - (this.#firstAt ?? now);
    const sample = {
      bytesPerSecond: (this.#bytes / busyMs) * 1000,
      applicationLimited: isApplicationLimited({
        wasFull: this.#full,
        busyMs,
        elapsedMs,
        heldMs: this.#heldMs,
      }),
    };
    this.#firstAt = this.#inFlight > 0 ? now : null;
    this.#busySince = now;
    this.#busyMs = 0;
    this.#bytes = 0;
    this.#heldMs = 0;
    this.#full = false;
    return sample;
  }
}
