import type { BlobHandle } from '@breakwater/restic-format/blob';
import { plaintextLength } from '@breakwater/restic-format/blob';
import type { Repository } from '@breakwater/restic-format/repository';
import { decodeTree, type Tree } from '@breakwater/restic-format/tree';

/** Trees read ahead at once, and their bytes: what lies further on may never be asked for. */
const MAX_AHEAD = 64;
const MAX_AHEAD_BYTES = 4 * 1024 * 1024;

/** Reads trees, those that will be wanted soon together with the one that is wanted now. */
export class TreeReader {
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  /** Plaintext of trees that were read ahead. */
  readonly #ahead = new Map<string, Buffer>();
  #aheadBytes = 0;

  constructor(repository: Repository, signal: AbortSignal) {
    this.#repository = repository;
    this.#signal = signal;
  }

  /**
   * `upcoming`: trees that will probably be asked for next, soonest first; those that lie near this one are read
   * with it. Throws what `Repository.loadTree` throws.
   */
  async load(id: string, upcoming: readonly string[] = []): Promise<Tree> {
    const known = this.#ahead.get(id);
    if (known !== undefined) {
      this.#ahead.delete(id);
      this.#aheadBytes -= known.length;
      return decodeTree(known, id);
    }
    const location = this.#repository.index.lookup('tree', id);
    const together = location === undefined ? [] : this.#neighbours(id, location.packId, upcoming);
    if (location === undefined || together.length < 2) {
      return await this.#repository.loadTree(id, this.#signal);
    }
    let wanted: Buffer | null = null;
    for await (const blob of this.#repository.loadBlobs(location.packId, together, this.#signal)) {
      // A damaged one is told when it is asked for.
      if ('failure' in blob) continue;
      if (blob.id === id) wanted = blob.plaintext;
      else if (!this.#ahead.has(blob.id)) {
        this.#ahead.set(blob.id, blob.plaintext);
        this.#aheadBytes += blob.plaintext.length;
      }
    }
    return wanted === null ? await this.#repository.loadTree(id, this.#signal) : decodeTree(wanted, id);
  }

  #neighbours(id: string, packId: string, upcoming: readonly string[]): BlobHandle[] {
    const chosen = new Set([id]);
    let bytes = this.#aheadBytes;
    for (const next of upcoming) {
      if (chosen.size > MAX_AHEAD || bytes > MAX_AHEAD_BYTES) break;
      if (this.#ahead.has(next)) continue;
      const location = this.#repository.index.lookup('tree', next);
      if (location?.packId !== packId) continue;
      chosen.add(next);
      bytes += plaintextLength(location);
    }
    return [...chosen].map((one) => ({ type: 'tree', id: one }));
  }
}
