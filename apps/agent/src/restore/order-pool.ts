import { partsOfKey } from '@breakwater/restic-format/cloned-key';
import type { RepositoryKey } from '@breakwater/restic-format/crypto';
import { OrderThreads } from '@breakwater/restic-format/order-threads';
import { OrderPerformer } from './perform-order.ts';
import type { CompareOrder, CompareResult, WriteOrder, WriteResult } from './write-order.ts';

type Result<Order> = Order extends WriteOrder ? WriteResult : CompareResult;

const MAX_THREADS = 4;
/** One in hand and one that waits keep a thread busy. */
const ORDERS_PER_THREAD = 2;
/** A thread takes 60 ms of processor time to start: as long as writing this much here. */
const BYTES_BEFORE_THREADS = 8 * 1024 * 1024;

/** What a thread makes is soon garbage: little room for it keeps the memory in the processor's cache. */
const YOUNG_MIB = 4;

/** Threads that decrypt, verify and write. What is little is done at once, without any. */
export class OrderPool {
  readonly #threads: number;
  readonly #workers: OrderThreads<WriteOrder | CompareOrder, WriteResult | CompareResult>;
  readonly #here: OrderPerformer;
  #bytesHere = 0;

  constructor(key: RepositoryKey) {
    this.#threads = Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency));
    this.#here = new OrderPerformer(key);
    this.#workers = new OrderThreads({
      module: new URL('./order-worker.ts', import.meta.url),
      data: partsOfKey(key),
      name: 'a thread that restores files',
      sharesFiles: true,
      youngMiB: YOUNG_MIB,
    });
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
    if (this.#workers.count === 0) {
      this.#bytesHere += bytes;
      if (this.#bytesHere <= BYTES_BEFORE_THREADS) return this.#here.perform(order) as Result<Order>;
      for (let count = 0; count < this.#threads; count += 1) this.#workers.add();
    }
    const thread = this.#workers.leastBusy() ?? this.#workers.add();
    return (await thread.perform(order, transfer)) as Result<Order>;
  }

  async close(): Promise<void> {
    await this.#workers.close('the restore was ended');
  }
}
