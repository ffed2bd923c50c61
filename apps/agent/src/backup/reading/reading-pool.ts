import type { Failure } from '@breakwater/domain/failure';
import { type OrderThread, OrderThreads } from '@breakwater/restic-format/order-threads';
import type {
  Answer,
  CutAnswer,
  CutOrder,
  Order,
  ReadAnswer,
  ReadingThreadData,
  ReadOrder,
  SealAnswer,
  SealOrder,
} from './order.ts';

/** One in hand and one on its way keep a thread busy. */
const ORDERS_PER_THREAD = 2;
/** Each costs some 30 MiB; the main thread cannot feed many more. */
const MAX_THREADS = 8;

/** A thread's garbage is the cipher's output, outside the heap, and is to go soon. */
const YOUNG_MIB = 4;

export function readingThreads(): number {
  return Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency));
}

interface Task {
  order: Order;
  resolve: (answer: Answer) => void;
  reject: (failure: Failure) => void;
}

/**
 * Threads that read, cut, hash, compress, encrypt and verify, while the main thread walks folders and fills packs.
 * One is started for the first order, more when there is more than it can do.
 */
export class ReadingPool {
  readonly #threads: number;
  readonly #workers: OrderThreads<Order, Answer>;
  /** What frees memory goes first: sealing, then cutting, then reading. */
  readonly #queues: Record<Order['order'], Task[]> = { seal: [], cut: [], read: [] };

  constructor(data: ReadingThreadData, threads = readingThreads()) {
    this.#threads = threads;
    this.#workers = new OrderThreads({
      module: new URL('./reading-thread.ts', import.meta.url),
      data,
      name: 'a reading thread',
      sharesFiles: true,
      youngMiB: YOUNG_MIB,
    });
  }

  async read(order: ReadOrder): Promise<ReadAnswer> {
    return (await this.#run(order)) as ReadAnswer;
  }

  async cut(order: CutOrder): Promise<CutAnswer> {
    return (await this.#run(order)) as CutAnswer;
  }

  async seal(order: SealOrder): Promise<SealAnswer> {
    return (await this.#run(order)) as SealAnswer;
  }

  /** Drops what is not done and ends the threads. */
  async close(): Promise<void> {
    await this.#workers.close('the backup was ended');
    this.#deal();
  }

  #run(order: Order): Promise<Answer> {
    if (this.#workers.ended !== null) return Promise.reject(this.#workers.ended);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#queues[order.order].push({ order, resolve, reject });
    this.#deal();
    return promise;
  }

  #deal(): void {
    const { seal, cut, read } = this.#queues;
    const { ended } = this.#workers;
    if (ended !== null) {
      for (const { reject } of [...seal.splice(0), ...cut.splice(0), ...read.splice(0)]) reject(ended);
    }
    for (;;) {
      const queue = [seal, cut, read].find((one) => one.length > 0);
      const thread = queue === undefined ? null : this.#freeThread();
      const task = thread === null ? undefined : queue?.shift();
      if (thread === null || task === undefined) return;
      const { order, resolve, reject } = task;
      const done = thread.perform(order);
      done.then(resolve, reject).finally(() => this.#deal());
    }
  }

  #freeThread(): OrderThread<Order, Answer> | null {
    const best = this.#workers.leastBusy();
    if (best !== null && best.open < ORDERS_PER_THREAD) return best;
    // A start costs as much as sealing 20 MiB: a second one only when the first cannot keep up.
    return this.#workers.count < this.#threads ? this.#workers.add() : null;
  }
}
