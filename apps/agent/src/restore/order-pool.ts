import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';
import type { RepositoryKey } from '@breakwater/restic-format/crypto';
import { OrderPerformer } from './perform-order.ts';
import type { CompareOrder, CompareResult, WriteOrder, WriteResult } from './write-order.ts';

type Result<Order> = Order extends WriteOrder ? WriteResult : CompareResult;

interface Seat {
  worker: Worker;
  /** Answers come in the order of the orders. */
  open: { resolve: (result: WriteResult | CompareResult) => void; reject: (failure: Failure) => void }[];
}

const MAX_THREADS = 4;
/** One in hand and one that waits keep a thread busy. */
const ORDERS_PER_THREAD = 2;
/** A thread takes 60 ms of processor time to start: as long as writing this much here. */
const BYTES_BEFORE_THREADS = 8 * 1024 * 1024;

/** Threads that decrypt, verify and write. What is little is done at once, without any. */
export class OrderPool {
  readonly #key: RepositoryKey;
  readonly #threads: number;
  readonly #here: OrderPerformer;
  #bytesHere = 0;
  #seats: Seat[] = [];
  #closed = false;

  constructor(key: RepositoryKey) {
    this.#key = key;
    this.#threads = Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency));
    this.#here = new OrderPerformer(key);
  }

  /** Orders worth having under way at once. */
  get places(): number {
    return this.#threads * ORDERS_PER_THREAD;
  }

  /** `bytes` of work. `transfer`: memory that is given away with the order. Throws `internal` when a thread ends. */
  async perform<Order extends WriteOrder | CompareOrder>(
    order: Order,
    bytes: number,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Result<Order>> {
    if (this.#seats.length === 0) {
      this.#bytesHere += bytes;
      if (this.#bytesHere <= BYTES_BEFORE_THREADS) return this.#here.perform(order) as Result<Order>;
      this.#seats = Array.from({ length: this.#threads }, () => this.#start());
    }
    const seat = this.#seats.reduce((least, one) => (one.open.length < least.open.length ? one : least));
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult | CompareResult>();
    seat.open.push({ resolve, reject });
    seat.worker.postMessage(order, transfer);
    return (await promise) as Result<Order>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()));
  }

  #start(): Seat {
    const { encrypt, macK, macR } = this.#key;
    const compiled = getCompileCacheDir();
    const worker = new Worker(new URL('./order-thread.mjs', import.meta.url), {
      execArgv: [],
      workerData: { encrypt, macK, macR, compiledCode: compiled && dirname(compiled) },
      // Descriptors are opened and closed in different threads.
      trackUnmanagedFds: false,
      // What it makes is soon garbage: little room for it keeps the memory in the processor's cache.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    const seat: Seat = { worker, open: [] };
    worker.on('message', (result: WriteResult | CompareResult) => seat.open.shift()?.resolve(result));
    worker.on('error', (error) => this.#lose(seat, error.message));
    worker.on('exit', (code) => {
      if (!this.#closed) this.#lose(seat, `exit code ${code}`);
    });
    return seat;
  }

  /** Its orders are half done: nobody knows which files are right. */
  #lose(seat: Seat, reason: string): void {
    for (const { reject } of seat.open.splice(0)) {
      reject(new Failure('internal', `a thread that restores files ended: ${reason}`));
    }
  }
}
