import type { BlobType } from './blob.ts';
import type { BlobIndex } from './blob-index.ts';

/** A set of blobs of an index: one byte an entry, kept at the blob's first entry. */
export class BlobMarks {
  readonly index: BlobIndex;
  readonly #marks: Uint8Array;

  /** The index must not grow while this is in use. */
  constructor(index: BlobIndex) {
    this.index = index;
    this.#marks = new Uint8Array(index.entryCount);
  }

  /** Whether the blob whose first entry this is has a mark. */
  has(firstEntry: number): boolean {
    return this.#marks[firstEntry] === 1;
  }

  set(firstEntry: number, marked: boolean): void {
    this.#marks[firstEntry] = marked ? 1 : 0;
  }

  /** Marks the blob. Returns its first entry, −1 when it has no entry, −2 when it was marked before. */
  take(type: BlobType, id: Uint8Array, at: number): number {
    const first = this.index.entryOf(type, id, at);
    if (first < 0) return -1;
    if (this.#marks[first] !== 0) return -2;
    this.#marks[first] = 1;
    return first;
  }

  /** How many blobs are marked. */
  count(): number {
    let count = 0;
    for (const mark of this.#marks) count += mark;
    return count;
  }
}
