import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backUp, ModelCopy, mirror, prune, pull, type Steps } from './testing/replication-model.ts';

const BLOBS = 12;

/** Three copies and what the control center knows of them. Every choice comes from one list of numbers. */
class Model {
  readonly copies = [new ModelCopy(), new ModelCopy(), new ModelCopy()];
  /** Which snapshots each copy holds, as far as runs have said so. */
  readonly catalog = new Map<string, Set<ModelCopy>>();
  readonly forgotten = new Set<string>();
  /** What goes on side by side under shared locks. */
  #shared: Steps[] = [];
  readonly #choices: Iterator<number>;

  constructor(choices: readonly number[]) {
    this.#choices = choices[Symbol.iterator]();
  }

  /** Undefined when there are no choices left. */
  #next(): number | undefined {
    const { value, done } = this.#choices.next();
    return done === true ? undefined : (value as number);
  }

  readonly chance = (among: number): number => (among === 0 ? 0 : (this.#next() ?? 0) % among);

  run(): void {
    for (let choice = this.#next(); choice !== undefined; choice = this.#next()) {
      this.#act(choice % 16);
      this.check();
    }
    this.settle();
  }

  check(): void {
    for (const copy of this.copies) expect(copy.complaint()).toBeNull();
    for (const id of this.catalog.keys()) {
      if (!this.forgotten.has(id)) {
        expect(
          this.copies.some((copy) => copy.snapshots.has(id)),
          `${id} is lost`,
        ).toBe(true);
      }
    }
  }

  #act(action: number): void {
    const copy = this.#copy();
    switch (action) {
      case 0:
      case 1:
        if (copy.present) this.#shared.push(this.#backup(copy));
        return;
      case 2:
      case 3: {
        const source = this.#copy();
        if (!copy.present || !source.present || copy === source) return;
        this.#shared.push(this.#pull(source, copy));
        return;
      }
      case 4:
        this.#alone(() => this.#forget());
        return;
      case 5:
        if (copy.present) this.#alone(() => this.#through(prune(copy, this.chance)));
        return;
      case 6: {
        const source = this.#copy();
        if (!copy.present || !source.present || copy === source) return;
        this.#alone(() => this.#through(mirror(source, copy, this.forgotten)));
        return;
      }
      case 7:
        // Whoever works on it is cut off.
        copy.present = !copy.present;
        if (!copy.present) this.#shared = [];
        return;
      case 8:
        this.#shared.splice(this.chance(this.#shared.length), 1);
        return;
      case 9: {
        // It fetches all there is and is cut off before anybody hears of it: what it holds may be forgotten meanwhile.
        const source = this.#copy();
        if (!copy.present || !source.present || copy === source) return;
        this.#alone(() => this.#through(pull(source, copy, this.forgotten, false)));
        this.#shared = [];
        copy.present = false;
        return;
      }
      default: {
        const going = this.#shared[this.chance(this.#shared.length)];
        if (going?.next().done === true) this.#shared = this.#shared.filter((one) => one !== going);
      }
    }
  }

  #copy(): ModelCopy {
    const copy = this.copies[this.chance(this.copies.length)];
    if (copy === undefined) throw new Error('there are three');
    return copy;
  }

  #backup(copy: ModelCopy): Steps {
    const blobs = new Set(Array.from({ length: 1 + this.chance(5) }, () => this.chance(BLOBS)));
    return backUp(copy, blobs, (id) => this.catalog.set(id, new Set([copy])));
  }

  *#pull(source: ModelCopy, target: ModelCopy): Steps {
    yield* pull(source, target, this.forgotten, this.chance(2) === 0);
    // Written down at the end only: one that is cut off leaves snapshots that the catalog does not know of.
    this.#sync(target);
  }

  /** What lies on a copy is written into the catalog. */
  #sync(copy: ModelCopy): void {
    for (const id of copy.snapshots.keys()) this.catalog.get(id)?.add(copy);
  }

  /** What needs a repository alone waits until the others have ended. */
  #alone(act: () => void): void {
    for (const steps of this.#shared.splice(0)) for (const _ of steps) this.check();
    act();
  }

  /** To its end, or cut off on the way. */
  #through(steps: Steps): void {
    const cutAfter = this.chance(4) === 0 ? this.chance(6) : Number.POSITIVE_INFINITY;
    for (let step = 0; step < cutAfter && steps.next().done !== true; step += 1) this.check();
  }

  #forget(): void {
    for (const copy of this.copies) if (copy.present) this.#sync(copy);
    const ids = [...this.catalog].filter(([, on]) => on.size > 0).map(([id]) => id);
    const id = ids[this.chance(ids.length)];
    if (id !== undefined) this.#forgetOne(id);
  }

  /** On all copies that are known to hold it, or on none. */
  #forgetOne(id: string): void {
    const on = this.catalog.get(id) ?? new Set();
    if ([...on].some((copy) => !copy.present)) return;
    for (const copy of on) {
      copy.snapshots.delete(id);
      copy.forgottenHere.add(id);
      this.forgotten.add(id);
      this.check();
    }
    on.clear();
  }

  /** All come back; what was forgotten elsewhere goes, and all are brought together. */
  settle(): void {
    this.#shared = [];
    for (const copy of this.copies) copy.present = true;
    for (const copy of this.copies) this.#sync(copy);
    for (const id of this.forgotten) this.#forgetOne(id);
    for (const target of this.copies) {
      for (const source of this.copies) {
        if (source !== target) for (const _ of pull(source, target, this.forgotten, false)) this.check();
      }
    }
    const live = [...this.catalog.keys()].filter((id) => !this.forgotten.has(id)).sort();
    for (const copy of this.copies) expect([...copy.snapshots.keys()].sort()).toEqual(live);
    // After a prune the others are made the same as the one that was pruned, file by file.
    const [first, ...others] = this.copies;
    if (first === undefined) return;
    for (const _ of prune(first, this.chance)) this.check();
    for (const copy of others) {
      for (const _ of mirror(first, copy, this.forgotten)) this.check();
      expect([...copy.packs.keys()].sort()).toEqual([...first.packs.keys()].sort());
      expect([...copy.indexes.keys()].sort()).toEqual([...first.indexes.keys()].sort());
    }
  }
}

it('never loses what a kept snapshot needs, breaks no copy at any step, and brings nothing forgotten back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 60, maxLength: 500, size: 'max' }), (choices) => {
      new Model(choices).run();
    }),
    { numRuns: 400 },
  );
}, 60_000);
