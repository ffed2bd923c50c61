import type { BlobType } from './blob.ts';
import { partsOfKey } from './cloned-key.ts';
import type { RepositoryKey } from './crypto.ts';
import { OrderThreads } from './order-threads.ts';
import type { SealAnswer, SealOrder } from './seal-worker.ts';
import type { SealedBlob } from './sealed-blob.ts';

/** One being sealed and one on its way keep a thread busy. */
const ORDERS_PER_THREAD = 2;
/** Smaller blobs are sealed sooner than sent. */
const MIN_BYTES = 2048;
const MAX_THREADS = 3;

/**
 * Threads that compress, encrypt and verify blobs (about 8 ms of work for each MiB) while the main thread reads and
 * cuts. They are started when first used and do not keep the process alive.
 */
export class SealPool {
  readonly #threads: number;
  #sealers: OrderThreads<SealOrder, SealAnswer> | null = null;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /**
   * Seals a copy of `plaintext` in a thread, or returns null when all are busy or it is not worth it: then the
   * caller does it, so that its processor is used as well.
   */
  trySeal(
    key: RepositoryKey,
    version: 1 | 2,
    type: BlobType,
    plaintext: Uint8Array,
    id: string,
  ): Promise<SealedBlob> | null {
    if (plaintext.length < MIN_BYTES || this.#threads === 0) return null;
    const thread = this.#started().leastBusy();
    if (thread === null || thread.open >= ORDERS_PER_THREAD) return null;
    // A copy: the caller's buffer is reused, and cannot be given away.
    const copy = new Uint8Array(plaintext);
    const order: SealOrder = { key: partsOfKey(key), version, type, plaintext: copy, id };
    return thread.perform(order, [copy.buffer]).then(({ bytes, uncompressedLength }) => {
      const { buffer, byteOffset, byteLength } = bytes;
      return { type, id, bytes: Buffer.from(buffer, byteOffset, byteLength), uncompressedLength };
    });
  }

  /** Others in place of those that ended, whatever it was that ended them. */
  #started(): OrderThreads<SealOrder, SealAnswer> {
    if (this.#sealers !== null && this.#sealers.ended === null) return this.#sealers;
    const module = new URL('./seal-worker.ts', import.meta.url);
    this.#sealers = new OrderThreads({ module, data: null, name: 'a sealing thread' });
    for (let count = 0; count < this.#threads; count += 1) this.#sealers.add();
    return this.#sealers;
  }
}

let shared: SealPool | null = null;

/** The process's pool: all processors but the one that reads, at most three. */
export function sharedSealPool(): SealPool {
  shared ??= new SealPool(Math.max(0, Math.min(MAX_THREADS, navigator.hardwareConcurrency - 1)));
  return shared;
}
