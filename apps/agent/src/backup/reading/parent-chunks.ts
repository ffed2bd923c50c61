import { plaintextLength } from '@breakwater/restic-format/blob';
import type { BlobIndex } from '@breakwater/restic-format/blob-index';
import type { ExpectedChunk } from '@breakwater/restic-format/cut-window';

/** Where the chunks of a file's earlier version may lie in the present one. */
export class ParentChunks {
  readonly #chunks: ExpectedChunk[] = [];
  /** Where each begins in the earlier version. */
  readonly #offsets: number[] = [];
  readonly #offsetById = new Map<string, number>();
  /** What lies at `n` in the present version lay at `n − shift` when both were last seen to agree. */
  #shift = 0;

  /** Ends at the first blob that the index does not know: without its length nothing behind it has a place. */
  constructor(content: readonly string[], index: BlobIndex) {
    let offset = 0;
    for (const id of content) {
      const place = index.lookup('data', id);
      if (place === undefined) return;
      const length = plaintextLength(place);
      this.#chunks.push({ length, id });
      this.#offsets.push(offset);
      this.#offsetById.set(id, offset);
      offset += length;
    }
  }

  /** Chunks that may begin in the `bytes` from `offset` on, by where they do, counted from there. */
  near(offset: number, bytes: number): [number, ExpectedChunk][] {
    const found: [number, ExpectedChunk][] = [];
    const first = offset - this.#shift;
    for (let at = this.#firstFrom(first); at < this.#chunks.length; at += 1) {
      const distance = (this.#offsets[at] ?? 0) - first;
      if (distance >= bytes) break;
      found.push([distance, this.#chunks[at] as ExpectedChunk]);
    }
    return found;
  }

  /** Learns from what was found from `offset` on. */
  note(offset: number, found: readonly ExpectedChunk[]): void {
    let at = offset;
    for (const { id, length } of found) {
      const before = this.#offsetById.get(id);
      if (before !== undefined) this.#shift = at - before;
      at += length;
    }
  }

  #firstFrom(offset: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
