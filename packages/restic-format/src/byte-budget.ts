/** Bounds the bytes in hand: whoever wants more waits, in order, until enough is given back. */
export class ByteBudget {
  #free: number;
  readonly #limit: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  /** Resolves with what gives the bytes back. More than the whole budget counts as all of it. */
  async take(bytes: number): Promise<() => void> {
    const counted = Math.min(bytes, this.#limit);
    if (this.#waiting.length > 0 || counted > this.#free) {
      await new Promise<void>((go) => this.#waiting.push({ bytes: counted, go }));
    } else {
      this.#free -= counted;
    }
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free += counted;
      this.#wake();
    };
  }

  #wake(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || first.bytes > this.#free) return;
      this.#waiting.shift();
      this.#free -= first.bytes;
      first.go();
    }
  }
}
