import type { Remark } from '@breakwater/contract/remark';
import { asFailure, Failure, type FailureCode } from '@breakwater/domain/failure';
import { lossOf } from '@breakwater/restic-format/blob-reading';
import type { Repository } from '@breakwater/restic-format/repository';
import { say, sayFailure } from '../remarks/say.ts';
import { displayPath } from '../source/display-path.ts';

/** So many are told of each by itself; the rest are counted. */
const TOLD = 10;

/** The store is not to be had: that says nothing about a tree in it. */
const STORE_AWAY: ReadonlySet<FailureCode> = new Set([
  ...(['node-unreachable', 'node-offline', 'timeout'] as const),
  ...(['token-invalid', 'token-expired', 'token-revoked'] as const),
]);

/**
 * Trees that earlier snapshots name and that cannot be read. From then on the index does not count them, so that a
 * tree of the same content is stored again instead of being taken for there; each is told.
 */
export class ParentDamage {
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  readonly #tell: (said: Remark) => void;
  readonly #damaged = new Set<string>();
  /** Trees that were read to see whether they are whole, once there was damage. */
  readonly #whole = new Set<string>();

  constructor(repository: Repository, signal: AbortSignal, tell: (said: Remark) => void) {
    this.#repository = repository;
    this.#signal = signal;
    this.#tell = tell;
  }

  get found(): boolean {
    return this.#damaged.size > 0;
  }

  /** The parent's tree of this folder could not be read. Throws `error` where that is not about the tree. */
  unreadable(path: string, tree: string, error: unknown): void {
    const failure = asFailure(error);
    if (STORE_AWAY.has(failure.code)) throw failure;
    this.#repository.index.markDamaged('tree', tree);
    this.#add(path, tree, failure);
  }

  /** No pack that counts has the parent's tree of this folder. */
  missing(path: string, tree: string): void {
    const { index, absentPacks } = this.#repository;
    const places = index.lookupAbsent('tree', tree);
    // Whoever had the pack distrusted knows.
    if (places.some(({ packId }) => !absentPacks.has(packId))) return;
    const reason = lossOf(this.#repository, { type: 'tree', id: tree });
    this.#add(path, tree, new Failure('pack-damaged', reason));
  }

  /**
   * A tree is about to be taken for there because the index says so. Where others of the repository are damaged it
   * is read first: it may lie below one of them, where the walk through the parent did not come.
   */
  async look(path: string, tree: string): Promise<void> {
    const { index } = this.#repository;
    if (!this.found || this.#whole.has(tree) || !index.has('tree', tree)) return;
    try {
      await this.#repository.loadTree(tree, this.#signal);
      this.#whole.add(tree);
    } catch (error) {
      if (this.#signal.aborted) throw error;
      this.unreadable(path, tree, error);
    }
  }

  /** Tells how many there were, when not all were told. */
  finish(): void {
    const count = this.#damaged.size;
    if (count > TOLD) this.#tell(say('trees-unreadable', { count }));
  }

  #add(path: string, tree: string, failure: Failure): void {
    if (this.#damaged.has(tree)) return;
    this.#damaged.add(tree);
    if (this.#damaged.size > TOLD) return;
    this.#tell(say('tree-unreadable', { path: displayPath(path), tree, why: sayFailure(failure) }));
  }
}
