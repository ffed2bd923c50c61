/** Bytes and numbers that are the same in each run with the same seed (xorshift, 32 bit). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** An integer from 0 to `below` − 1. */
  integer(below: number): number {
    return this.#next() % below;
  }

  /** From 0 to 1, small ones more often. */
  skewed(): number {
    return (this.#next() / 0x1_0000_0000) ** 2;
  }

  fill(words: Uint32Array): void {
    for (let at = 0; at < words.length; at += 1) words[at] = this.#next();
  }

  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
