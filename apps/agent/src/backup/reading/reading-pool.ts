import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';
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
  ThreadAnswer,
} from './order.ts';

/** One in hand and one on its way keep a thread busy. */
const ORDERS_PER_THREAD = 2;
/** Each costs some 30 MiB; the main thread cannot feed many more. */
const MAX_THREADS = 8;

const YOUNG_MIB = 4;

export function readingThreads(): number {
  return Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency));
}

interface Task {
  order: Order;
  resolve: (answer: Answer) => void;
  reject: (failure: Failure) => void;
}

interface Seat {
  worker: Worker;
  /** Answers come in the order of the orders. */
  tasks: Task[];
}

/**
 * Threads that read, cut, hash, compress, encrypt and verify, while the main thread walks folders and fills packs.
 * One is started for the first order, more when there is more than it can do.
 */
export class ReadingPool {
  readonly #data: ReadingThreadData;
  readonly #threads: number;
  readonly #seats: Seat[] = [];
  /** What frees memory goes first: sealing, then cutting, then reading. */
  readonly #queues: Record<Order['order'], Task[]> = { seal: [], cut: [], read: [] };
  #ended: Failure | null = null;

  constructor(data: ReadingThreadData, threads = readingThreads()) {
    this.#data = data;
    this.#threads = threads;
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
    const workers = this.#seats.map(({ worker }) => worker);
    this.#end(new Failure('cancelled', 'the backup was ended'));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #run(order: Order): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#queues[order.order].push({ order, resolve, reject });
    this.#deal();
    return promise;
  }

  #deal(): void {
    for (;;) {
      const { seal, cut, read } = this.#queues;
      const queue = [seal, cut, read].find((one) => one.length > 0);
      if (queue === undefined) return;
      const seat = this.#freeSeat();
      if (seat === null) return;
      const task = queue.shift() as Task;
      seat.tasks.push(task);
      const { order } = task;
      seat.worker.postMessage(order, order.order === 'seal' && order.out !== null ? [order.out] : []);
    }
  }

  #freeSeat(): Seat | null {
    let best: Seat | null = null;
    for (const seat of this.#seats) {
      if (best === null || seat.tasks.length < best.tasks.length) best = seat;
    }
    if (best !== null && best.tasks.length === 0) return best;
    if (this.#seats.length < this.#threads) return this.#start();
    return best !== null && best.tasks.length < ORDERS_PER_THREAD ? best : null;
  }

  #start(): Seat {
    const worker = new Worker(new URL('./reading-thread.ts', import.meta.url), {
      execArgv: [],
      workerData: this.#data,
      // Its garbage is the cipher's output, outside the heap, and is to go soon.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      // Files are opened here and read there.
      trackUnmanagedFds: false,
    });
    const seat: Seat = { worker, tasks: [] };
    this.#seats.push(seat);
    worker.on('message', (answer: ThreadAnswer) => {
      const task = seat.tasks.shift();
      if (answer.ok) task?.resolve(answer.answer);
      else task?.reject(new Failure('internal', answer.message));
      this.#deal();
    });
    const lost = (why: string): void =>
      this.#end(new Failure('internal', `a reading thread ended: ${why}`, { retryable: true }));
    worker.on('error', (error) => lost(error.message));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    return seat;
  }

  #end(failure: Failure): void {
    this.#ended ??= failure;
    const { seal, cut, read } = this.#queues;
    const open = [...this.#seats.flatMap(({ tasks }) => tasks.splice(0)), ...seal.splice(0)];
    for (const { reject } of [...open, ...cut.splice(0), ...read.splice(0)]) reject(this.#ended);
  }
}
