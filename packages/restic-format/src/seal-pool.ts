import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';
import type { BlobType } from './blob.ts';
import type { RepositoryKey } from './crypto.ts';
import type { SealedBlob } from './sealed-blob.ts';

export interface SealOrder {
  key: { encrypt: Uint8Array; macK: Uint8Array; macR: Uint8Array };
  version: 1 | 2;
  type: BlobType;
  plaintext: Uint8Array;
  id: string;
}

export type SealResult =
  | { ok: true; bytes: Uint8Array; uncompressedLength: number | null }
  | { ok: false; message: string };

interface Seat {
  worker: Worker;
  /** Answers come in the order of the orders. */
  open: { order: SealOrder; resolve: (sealed: SealedBlob) => void; reject: (failure: Failure) => void }[];
}

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
  #seats: Seat[] | null = null;

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
    this.#seats ??= Array.from({ length: this.#threads }, () => this.#start());
    const seat = this.#seats.toSorted((a, b) => a.open.length - b.open.length)[0];
    if (seat === undefined || seat.open.length >= ORDERS_PER_THREAD) return null;
    // A copy: the caller's buffer is reused, and cannot be given away.
    const copy = new Uint8Array(plaintext);
    const order: SealOrder = { key, version, type, plaintext: copy, id };
    const { promise, resolve, reject } = Promise.withResolvers<SealedBlob>();
    seat.open.push({ order: { ...order, plaintext: new Uint8Array(0) }, resolve, reject });
    seat.worker.ref();
    seat.worker.postMessage(order, [copy.buffer]);
    return promise;
  }

  #start(): Seat {
    const worker = new Worker(new URL('./seal-worker.ts', import.meta.url), { execArgv: [] });
    const seat: Seat = { worker, open: [] };
    worker.unref();
    worker.on('message', (result: SealResult) => this.#answer(seat, result));
    worker.on('error', (error) => this.#close(seat, error));
    worker.on('exit', (code) => this.#close(seat, new Error(`exit code ${code}`)));
    return seat;
  }

  #answer(seat: Seat, result: SealResult): void {
    const job = seat.open.shift();
    if (seat.open.length === 0) seat.worker.unref();
    if (job === undefined) return;
    if (!result.ok) {
      job.reject(new Failure('internal', result.message));
      return;
    }
    const { buffer, byteOffset, byteLength } = result.bytes;
    const { type, id } = job.order;
    const { uncompressedLength } = result;
    job.resolve({ type, id, bytes: Buffer.from(buffer, byteOffset, byteLength), uncompressedLength });
  }

  /** A thread that ended is not used again; what it had in hand is lost. */
  #close(seat: Seat, error: Error): void {
    this.#seats = (this.#seats ?? []).filter((one) => one !== seat);
    for (const { reject } of seat.open.splice(0)) {
      reject(
        new Failure('internal', `a sealing thread ended: ${error.message}`, {
          cause: error,
          retryable: true,
        }),
      );
    }
  }
}

let shared: SealPool | null = null;

/** The process's pool: all processors but the one that reads, at most three. */
export function sharedSealPool(): SealPool {
  shared ??= new SealPool(Math.max(0, Math.min(MAX_THREADS, navigator.hardwareConcurrency - 1)));
  return shared;
}
