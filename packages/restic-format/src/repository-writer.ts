import { hash, randomInt } from 'node:crypto';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { BlobType, PackedBlob } from './blob.ts';
import { encodeIndexFile } from './index-file.ts';
import { OpenPack } from './open-pack.ts';
import { PackSpaces } from './pack-spaces.ts';
import type { Repository } from './repository.ts';
import { sharedSealPool, type SealPool } from './seal-pool.ts';
import { blobId, sealBlob, type SealedBlob } from './sealed-blob.ts';
import { sealUnpacked } from './unpacked-file.ts';

/** restic's: an index file is written when it names so many blobs, or its oldest pack is so old. */
const INDEX_BLOBS = 50_000;
const INDEX_AGE_MS = 10 * 60_000;
const DEFAULT_UPLOADS = 3;
const DEFAULT_PACK_BYTES = 16 * 1024 * 1024;
/**
 * Data blobs go into one of two open packs by chance, so that the sizes of packs and their order do not tell where
 * a known file was cut, from which the chunker's secret polynomial could be found (restic 0.18 does the same).
 */
const OPEN_DATA_PACKS = 2;

export interface StoredPack {
  packId: string;
  /** Bytes. */
  size: number;
  blobs: PackedBlob[];
}

export interface RepositoryWriterOptions {
  /** Packs in flight at once; 4 by default. */
  uploads?: number;
  /** Bytes after which a pack is closed; 16 MiB by default. */
  packSize?: number;
  /** Threads that seal blobs; those of the process by default, null for none. */
  sealPool?: SealPool | null;
  signal?: AbortSignal;
  /** Bytes of a file that has become durable. */
  onUploaded?: (bytes: number) => void;
  /** A pack has become durable (not yet in an index file): for a journal. */
  onPackStored?: (pack: StoredPack) => void;
  /** A durable index file names these packs: the journal may forget them. */
  onPacksIndexed?: (packIds: readonly string[]) => void;
}

export interface AddedBlob {
  id: string;
  /** False when the repository had it, or it was added before. */
  isNew: boolean;
}

export interface WrittenCounts {
  blobsNew: number;
  dataBlobs: number;
  treeBlobs: number;
  /** Plaintext bytes of new blobs. */
  bytesAdded: number;
  /** Bytes of packs and index files made durable. */
  bytesStored: number;
  packs: number;
}

/**
 * Adds blobs to a repository whose index is loaded. `repository.index` learns of a blob when an index file names it
 * durably, so after a failure a new writer on the same Repository stores again what no index names.
 */
export class RepositoryWriter {
  readonly repository: Repository;
  readonly #options: RepositoryWriterOptions;
  readonly #uploads: number;
  readonly #packSize: number;
  readonly #sealPool: SealPool | null;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #spaces: PackSpaces;
  #dataPacks: OpenPack[] = [];
  #treePacks: OpenPack[] = [];
  /** Full packs for which there is no upload yet. */
  #waiting: OpenPack[] = [];
  #inFlight = 0;
  /** Blobs in the hands of the sealing threads. */
  #sealing = 0;
  /** Blobs that others seal. */
  #claimed = 0;
  /** Blobs taken but not yet named by a durable index, as type and id. */
  #pending = new Set<string>();
  #unindexed: StoredPack[] = [];
  #unindexedBlobs = 0;
  #unindexedSince = 0;
  #failure: Failure | null = null;
  #changed = Promise.withResolvers<void>();
  readonly #counts: WrittenCounts = {
    blobsNew: 0,
    dataBlobs: 0,
    treeBlobs: 0,
    bytesAdded: 0,
    bytesStored: 0,
    packs: 0,
  };

  constructor(repository: Repository, options: RepositoryWriterOptions = {}) {
    this.repository = repository;
    this.#options = options;
    this.#uploads = options.uploads ?? DEFAULT_UPLOADS;
    this.#packSize = options.packSize ?? DEFAULT_PACK_BYTES;
    this.#spaces = new PackSpaces(this.#packSize);
    this.#sealPool = options.sealPool === undefined ? sharedSealPool() : options.sealPool;
    this.#signal =
      options.signal === undefined ? this.#stop.signal : AbortSignal.any([options.signal, this.#stop.signal]);
    // At once, even if a store is slow to heed its signal.
    options.signal?.addEventListener('abort', () => this.#fail(cancelled(options.signal)), { once: true });
  }

  get counts(): WrittenCounts {
    return { ...this.#counts };
  }

  /**
   * Resolves when the blob is known or taken over; waits while too much is in flight. `plaintext` must not change
   * until then. Safe to call concurrently. After a failed upload every call throws that Failure.
   */
  async addBlob(type: BlobType, plaintext: Uint8Array): Promise<AddedBlob> {
    this.#throwFailure();
    const id = blobId(plaintext);
    if (this.#isKnown(type, id)) return { id, isNew: false };
    await this.room();
    if (this.#isKnown(type, id)) return { id, isNew: false };
    this.#take(type, id, plaintext.length);
    this.#seal(type, plaintext, id);
    return { id, isNew: true };
  }

  #take(type: BlobType, id: string, plaintextBytes: number): void {
    this.#pending.add(type + id);
    this.#counts.blobsNew += 1;
    this.#counts[type === 'data' ? 'dataBlobs' : 'treeBlobs'] += 1;
    this.#counts.bytesAdded += plaintextBytes;
  }

  /**
   * For blobs that are hashed and sealed elsewhere: says whether this one is to be stored. If so it counts as known
   * from now on, and `addSealed` must follow, or `abort`.
   */
  claim(type: BlobType, id: string, plaintextBytes: number): boolean {
    this.#throwFailure();
    if (this.#isKnown(type, id)) return false;
    this.#take(type, id, plaintextBytes);
    this.#claimed += 1;
    return true;
  }

  /** Copies a claimed blob, sealed and verified, into a pack. */
  addSealed(sealed: SealedBlob): void {
    this.#claimed -= 1;
    this.#pack(sealed);
    if (this.#claimed === 0) this.#tellChanged();
  }

  /** Waits while too much is in flight. Throws what an upload failed with. */
  async room(): Promise<void> {
    this.#throwFailure();
    while (this.#waiting.length > 0) {
      await this.#changed.promise;
      this.#throwFailure();
    }
  }

  /** Ends the writer because of what happened to claimed blobs. */
  fail(failure: Failure): void {
    this.#fail(failure);
  }

  /**
   * Counts a pack that an earlier attempt stored but no index names (from its journal) as this writer's: its blobs
   * are known and the next index file names it. The caller has made sure that it is listed with its size.
   */
  adoptPack(pack: StoredPack): void {
    for (const { type, id } of pack.blobs) this.#pending.add(type + id);
    this.#noteStored(pack);
  }

  /** Finishes open packs, waits until all are durable, then writes the index. May be called again. */
  async flush(): Promise<WrittenCounts> {
    this.#throwFailure();
    while (this.#sealing + this.#claimed > 0 && this.#failure === null) await this.#changed.promise;
    this.#throwFailure();
    this.#mergeSmall();
    for (const pack of this.#dataPacks) this.#close(pack);
    for (const pack of this.#treePacks) this.#close(pack);
    await this.#settled();
    this.#saveIndex();
    await this.#settled();
    return this.counts;
  }

  /** Drops what is not stored and stops uploads; for a run that ends early. */
  async abort(): Promise<void> {
    this.#fail(new Failure('cancelled', 'the backup was stopped'));
    while (this.#inFlight > 0 || this.#sealing > 0) await this.#changed.promise;
  }

  /**
   * After `abort()`: names what has become durable in an index, so that the next run need not send it again. Only
   * for a caller that still holds its lock.
   */
  async keepStored(signal: AbortSignal): Promise<WrittenCounts> {
    const packs = this.#unindexed;
    this.#unindexed = [];
    if (packs.length > 0) await this.#writeIndex(packs, signal);
    return this.counts;
  }

  #isKnown(type: BlobType, id: string): boolean {
    return this.#pending.has(type + id) || this.repository.index.has(type, id);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#signal.aborted) throw cancelled(this.#signal);
  }

  async #settled(): Promise<void> {
    while (this.#inFlight > 0 || this.#waiting.length > 0) await this.#changed.promise;
    this.#throwFailure();
  }

  #seal(type: BlobType, plaintext: Uint8Array, id: string): void {
    const { key, config } = this.repository;
    const sealing = this.#sealPool?.trySeal(key, config.version, type, plaintext, id) ?? null;
    if (sealing === null) {
      this.#sealHere(type, plaintext, id);
      return;
    }
    this.#sealing += 1;
    void sealing
      .then((sealed) => this.#pack(sealed))
      .catch((error: unknown) => this.#fail(asFailure(error)))
      .finally(() => {
        this.#sealing -= 1;
        this.#tellChanged();
      });
  }

  #sealHere(type: BlobType, plaintext: Uint8Array, id: string): void {
    const { key, config } = this.repository;
    try {
      this.#pack(sealBlob(key, config.version, type, plaintext, id));
    } catch (error) {
      // It counts as pending already: were the writer to go on, it would be taken for stored.
      this.#fail(asFailure(error));
      throw error;
    }
  }

  #pack(sealed: SealedBlob): void {
    if (this.#failure !== null) return;
    const pack = this.#packFor(sealed.type, sealed.bytes.length);
    pack.add(sealed);
    if (pack.isFull(this.#packSize)) this.#close(pack);
  }

  #packFor(type: BlobType, bytes: number): OpenPack {
    // A blob as large as a pack gets one of its own.
    if (bytes >= this.#packSize) return new OpenPack(type, this.#spaces.take(bytes));
    const packs = type === 'data' ? this.#dataPacks : this.#treePacks;
    const place = type === 'data' ? randomInt(OPEN_DATA_PACKS) : 0;
    const open = packs[place];
    if (open?.hasRoomFor(bytes)) return open;
    if (open !== undefined) this.#close(open);
    const pack = new OpenPack(type, this.#spaces.take(bytes));
    // The first blob opens place 0 whatever was drawn: no holes.
    packs.push(pack);
    return pack;
  }

  /** Joins packs that fit into one; one small pack tells less than two. */
  #mergeSmall(): void {
    const [first, ...others] = this.#dataPacks;
    for (const pack of others) {
      if (first === undefined || !first.canTake(pack, this.#packSize)) continue;
      first.takeAll(pack);
      this.#dataPacks = this.#dataPacks.filter((one) => one !== pack);
      this.#spaces.give(pack.space);
    }
  }

  #close(pack: OpenPack): void {
    this.#dataPacks = this.#dataPacks.filter((one) => one !== pack);
    this.#treePacks = this.#treePacks.filter((one) => one !== pack);
    if (pack.isEmpty) return;
    this.#waiting.push(pack);
    this.#startUploads();
  }

  #startUploads(): void {
    while (this.#inFlight < this.#uploads) {
      const pack = this.#waiting.shift();
      if (pack === undefined) return;
      this.#run(() => this.#storePack(pack));
    }
  }

  /** Counts `work` as in flight; its error becomes the writer's failure. */
  #run(work: () => Promise<void>): void {
    this.#inFlight += 1;
    void work()
      .catch((error: unknown) => this.#fail(asFailure(error)))
      .finally(() => {
        this.#inFlight -= 1;
        this.#startUploads();
        this.#tellChanged();
      });
  }

  #tellChanged(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #fail(failure: Failure): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    this.#waiting = [];
    this.#dataPacks = [];
    this.#treePacks = [];
    this.#stop.abort(failure);
    this.#tellChanged();
  }

  async #storePack(pack: OpenPack): Promise<void> {
    const { packId, size, blobs, parts } = pack.finish(this.repository.key);
    await this.repository.store.write('data', packId, parts, this.#signal);
    this.#spaces.give(pack.space);
    this.#counts.packs += 1;
    this.#counts.bytesStored += size;
    this.#noteStored({ packId, size, blobs });
    this.#options.onUploaded?.(size);
    this.#options.onPackStored?.({ packId, size, blobs });
    const old = performance.now() - this.#unindexedSince >= INDEX_AGE_MS;
    if (this.#unindexedBlobs >= INDEX_BLOBS || old) this.#saveIndex();
  }

  #noteStored(pack: StoredPack): void {
    if (this.#unindexed.length === 0) this.#unindexedSince = performance.now();
    this.#unindexed.push(pack);
    this.#unindexedBlobs += pack.blobs.length;
  }

  /** Starts writing an index file for the packs stored so far: only durable packs are ever in it. */
  #saveIndex(): void {
    const packs = this.#unindexed;
    if (packs.length === 0 || this.#failure !== null) return;
    this.#unindexed = [];
    this.#unindexedBlobs = 0;
    this.#run(() =>
      this.#writeIndex(packs, this.#signal).catch((error: unknown) => {
        this.#unindexed.push(...packs);
        throw error;
      }),
    );
  }

  async #writeIndex(packs: readonly StoredPack[], signal: AbortSignal): Promise<void> {
    const { key, config, store } = this.repository;
    const sealed = sealUnpacked(key, config.version, encodeIndexFile({ supersedes: [], packs: [...packs] }));
    await store.write('index', hash('sha256', sealed, 'hex'), [sealed], signal);
    for (const { packId, blobs } of packs) {
      this.repository.index.add(packId, blobs);
      for (const { type, id } of blobs) this.#pending.delete(type + id);
    }
    this.#counts.bytesStored += sealed.length;
    this.#options.onPacksIndexed?.(packs.map(({ packId }) => packId));
    this.#options.onUploaded?.(sealed.length);
  }
}

function cancelled(signal: AbortSignal | undefined): Failure {
  return new Failure('cancelled', 'the backup was cancelled', { cause: signal?.reason });
}
