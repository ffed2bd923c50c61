import { asFailure, Failure } from '@breakwater/domain/failure';
import type { BlobHandle, BlobType, PackedBlob } from './blob.ts';
import { BlobMarks } from './blob-marks.ts';
import { loadOneBlob } from './blob-reading.ts';
import type { TreeReferences } from './bulk-job.ts';
import type { BulkPool } from './bulk-pool.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { planPackReads, type PackRead } from './pack-reads.ts';
import { fileSourceOf } from './pack-source.ts';
import type { Repository } from './repository.ts';
import { collectReferences } from './tree-references.ts';

/** Trees looked up at once: what bounds the memory of a level of millions. */
const PORTION = 8192;
const READS_AT_ONCE = 4;
const ID_BYTES = 32;
/** No more lost blobs are noted than this. */
const MAX_LOST = 10_000;

export interface LostBlob extends BlobHandle {
  reason: string;
}

export interface TreeWalkOptions {
  signal?: AbortSignal | undefined;
  /** Called once for each blob that is found to be in use, with its first entry in the index. */
  onBlob?: (entry: number, type: BlobType) => void;
  onProgress?: (treesDone: number) => void;
}

/**
 * Finds every blob that trees refer to, each once in the whole life of the walk. Trees are read level by level in
 * the order of their packs, many at a time; ids stay binary, so that millions cost a byte each.
 */
export class TreeWalk {
  readonly used: BlobMarks;
  readonly #repository: Repository;
  readonly #pool: BulkPool;
  readonly #options: TreeWalkOptions;
  readonly #lost = new Map<string, LostBlob>();
  #treesDone = 0;

  /** The pool's first key is the repository's. Its index is loaded and does not grow meanwhile. */
  constructor(repository: Repository, pool: BulkPool, options: TreeWalkOptions = {}) {
    this.#repository = repository;
    this.#pool = pool;
    this.#options = options;
    this.used = new BlobMarks(repository.index);
  }

  /** Blobs that are in use but that no pack has whole: at most 10,000 of them. */
  get lost(): readonly LostBlob[] {
    return [...this.#lost.values()];
  }

  /** Walks these trees and all below them. */
  async walk(rootIds: readonly string[]): Promise<void> {
    let level = this.#take('tree', Buffer.from(rootIds.join(''), 'hex'));
    while (level.length > 0) {
      const next: number[][] = [];
      // Entries come in the order in which packs were added to the index: neighbours stay together.
      const entries = Uint32Array.from(level).sort();
      for (let at = 0; at < entries.length; at += PORTION) {
        await this.#walkPortion(entries.subarray(at, at + PORTION), next);
      }
      level = next.flat();
    }
  }

  async #walkPortion(entries: Uint32Array, next: number[][]): Promise<void> {
    const byPack = new Map<string, PackedBlob[]>();
    for (const entry of entries) {
      const { packId, ...blob } = this.#repository.index.entryAt(entry);
      const blobs = byPack.get(packId);
      if (blobs === undefined) byPack.set(packId, [blob]);
      else blobs.push(blob);
    }
    const reads = [...byPack].flatMap(([packId, blobs]) => planPackReads(packId, blobs));
    await eachInParallel(reads, READS_AT_ONCE, async (read) => {
      this.#throwIfAborted();
      const found = await this.#readTrees(read);
      next.push(this.#take('tree', found.subtrees));
      this.#take('data', found.contents);
      this.#treesDone += read.blobs.length;
      this.#options.onProgress?.(this.#treesDone);
    });
  }

  async #readTrees(read: PackRead): Promise<Pick<TreeReferences, 'subtrees' | 'contents'>> {
    const { packId } = read;
    let found: TreeReferences;
    try {
      found = await this.#referencesOf(read);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code !== 'not-found' && failure.code !== 'bad-range') throw error;
      return await this.#readElsewhere(read.blobs, packId, failure);
    }
    if (found.damaged.length === 0) return found;
    const damaged = found.damaged.flatMap(({ at }) => read.blobs[at] ?? []);
    const first = found.damaged[0]?.reason ?? '';
    const failure = new Failure('pack-damaged', `pack ${packId} is damaged: ${first}`);
    const others = await this.#readElsewhere(damaged, packId, failure);
    return {
      subtrees: Buffer.concat([found.subtrees, others.subtrees]),
      contents: Buffer.concat([found.contents, others.contents]),
    };
  }

  /** Found in a thread, which reads the trees itself where it can. */
  async #referencesOf({ packId, offset, length, blobs: placed }: PackRead): Promise<TreeReferences> {
    const { store } = this.#repository;
    const blobs = placed.map((blob) => ({ ...blob, offset: blob.offset - offset }));
    const file = fileSourceOf(store, packId, { offset, length });
    if (file !== null) {
      const found = await this.#pool.references({ key: 0, source: file, blobs });
      if (found.work === 'references') return found;
    }
    const source = await store.read('data', packId, { offset, length }, this.#options.signal);
    const found = await this.#pool.references({ key: 0, source, blobs });
    if (found.work === 'references') return found;
    throw new Failure('internal', `trees of pack ${packId} are in memory and were not read`);
  }

  /** From whichever other pack has them whole. */
  async #readElsewhere(
    trees: readonly PackedBlob[],
    packId: string,
    failure: Failure,
  ): Promise<Pick<TreeReferences, 'subtrees' | 'contents'>> {
    const subtrees: string[] = [];
    const contents: string[] = [];
    for (const { type, id } of trees) {
      let reason: string | null;
      try {
        const { signal } = this.#options;
        const json = await loadOneBlob(this.#repository, { type, id }, signal, { packId, failure });
        reason = collectReferences(json, subtrees, contents);
      } catch (error) {
        const other = asFailure(error);
        if (other.code !== 'pack-damaged') throw error;
        reason = other.message;
      }
      if (reason !== null) this.#lose({ type, id, reason });
    }
    return {
      subtrees: Buffer.from(subtrees.join(''), 'hex'),
      contents: Buffer.from(contents.join(''), 'hex'),
    };
  }

  /** First entries of the blobs that were not met before. */
  #take(type: BlobType, ids: Uint8Array): number[] {
    const taken: number[] = [];
    for (let at = 0; at < ids.length; at += ID_BYTES) {
      const entry = this.used.take(type, ids, at);
      if (entry === -1) {
        const id = Buffer.from(ids.subarray(at, at + ID_BYTES)).toString('hex');
        this.#lose({ type, id, reason: 'no pack holds it' });
      } else if (entry >= 0) {
        if (type === 'tree') taken.push(entry);
        this.#options.onBlob?.(entry, type);
      }
    }
    return taken;
  }

  #lose(blob: LostBlob): void {
    if (this.#lost.size < MAX_LOST) this.#lost.set(blob.type + blob.id, blob);
  }

  #throwIfAborted(): void {
    const { signal } = this.#options;
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
  }
}
