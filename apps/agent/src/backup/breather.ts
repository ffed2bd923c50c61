import { setImmediate } from 'node:timers/promises';

/** Longest stretch of work before sockets and timers get their turn, ms. */
const STRETCH_MS = 10;

/** Keeps the event loop alive inside long synchronous walks: `if (breather.due) await breather.pause()`. */
export class Breather {
  #since = performance.now();

  get due(): boolean {
    return performance.now() - this.#since > STRETCH_MS;
  }

  async pause(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
