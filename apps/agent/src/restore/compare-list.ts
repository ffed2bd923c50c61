import { plaintextLength } from '@breakwater/restic-format/blob';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { packFiles, type TableFile } from './file-table.ts';
import type { CompareOrder } from './write-order.ts';

/** Files compared in one order, and their bytes: what a thread does in some tens of milliseconds. */
const MAX_FILES = 64;
const MAX_BYTES = 32 * 1024 * 1024;

/** Collects open files that a thread is to compare with what they should hold. */
export class CompareList<Item> {
  readonly items: Item[] = [];
  readonly #files: TableFile[] = [];
  readonly #counts: number[] = [];
  readonly #ids: string[] = [];
  readonly #lengths: number[] = [];
  /** Of all files as they should be. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  get isFull(): boolean {
    return this.items.length >= MAX_FILES || this.bytes >= MAX_BYTES;
  }

  /** The thread closes `descriptor`. `refresh`: a file that is right is given its metadata anew. */
  add(repository: Repository, item: Item, descriptor: number, node: TreeNode, refresh: boolean): void {
    const ids = node.content ?? [];
    let size = 0;
    for (const id of ids) {
      const location = repository.index.lookup('data', id);
      const length = location === undefined ? 0 : plaintextLength(location);
      this.#ids.push(id);
      this.#lengths.push(length);
      size += length;
    }
    this.items.push(item);
    this.#counts.push(ids.length);
    this.#files.push({ descriptor, name: null, node: refresh ? node : null, size, sparse: false });
    this.bytes += size;
  }

  order(): CompareOrder {
    return {
      work: 'compare',
      files: packFiles(this.#files),
      counts: this.#counts,
      ids: this.#ids.join(''),
      lengths: this.#lengths,
    };
  }
}
