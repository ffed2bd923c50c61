/** Lets those who want the same name go one after the other. */
export class NameTurns {
  readonly #last = new Map<string, Promise<void>>();

  async take<T>(name: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(act);
    const done = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, done);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === done) this.#last.delete(name);
    }
  }
}
