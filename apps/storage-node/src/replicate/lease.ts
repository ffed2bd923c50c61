import { Failure } from '@breakwater/domain/failure';

/**
 * Until when something may be written under locks that somebody else refreshes. Counted on both clocks: one jumps,
 * the other stands still while the machine sleeps; whichever says first that the time is over is believed.
 */
export class Lease {
  #until: { wall: number; steady: number };
  readonly #onOver: (failure: Failure) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onOver: (failure: Failure) => void) {
    this.#onOver = onOver;
    this.#until = this.#after(ms);
  }

  renew(ms: number): void {
    // What has run out is not brought back: others may have written since.
    if (this.isOver()) return;
    this.#until = this.#after(ms);
  }

  isOver(): boolean {
    return Date.now() >= this.#until.wall || performance.now() >= this.#until.steady;
  }

  /** Throws `lock-lost`. */
  assert(): void {
    if (this.isOver()) throw over();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #after(ms: number): { wall: number; steady: number } {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onOver(over()), ms);
    this.#timer.unref();
    return { wall: Date.now() + ms, steady: performance.now() + ms };
  }
}

function over(): Failure {
  return new Failure(
    'lock-lost',
    'The control center has not renewed its locks on the copies in time; what was fetched is kept.',
    { retryable: true },
  );
}
