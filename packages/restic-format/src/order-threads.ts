import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';

/** What a thread's module exports as `start`: it is given the thread's data, and returns what does each order. */
export type StartThread<Data, Order, Answer> = (
  data: Data,
) => Perform<Order, Answer> | Promise<Perform<Order, Answer>>;

type Perform<Order, Answer> = (order: Order) => Performed<Answer>;

export interface Performed<Answer> {
  answer: Answer;
  /** Memory that is given away with the answer. */
  transfer?: readonly ArrayBuffer[];
}

export interface ThreadsOptions<Data> {
  /** The module that exports a `StartThread` named `start`. */
  module: URL;
  data: Data;
  /** For messages: `a thread that checks packs`. */
  name: string;
  /** Room for what a thread makes and soon drops; Node's own measure is 48 MiB. */
  youngMiB?: number;
  /** Files are opened in one thread and closed in another. */
  sharesFiles?: boolean;
}

/** Threads that do the same kind of orders. When one of them ends, all do: what it had in hand is half done. */
export class OrderThreads<Order, Answer> {
  readonly #options: ThreadsOptions<unknown>;
  readonly #threads: OrderThread<Order, Answer>[] = [];
  #ended: Failure | null = null;
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(options: ThreadsOptions<unknown>) {
    this.#options = options;
  }

  get count(): number {
    return this.#threads.length;
  }

  /** Why no more orders are taken. */
  get ended(): Failure | null {
    return this.#ended;
  }

  /** Starts one more. */
  add(): OrderThread<Order, Answer> {
    const thread = new OrderThread<Order, Answer>(this.#options, (failure) => this.#end(failure));
    this.#threads.push(thread);
    return thread;
  }

  /** The one with the fewest open orders. */
  leastBusy(): OrderThread<Order, Answer> | null {
    let best: OrderThread<Order, Answer> | null = null;
    for (const thread of this.#threads) if (best === null || thread.open < best.open) best = thread;
    return best;
  }

  /** Ends all threads, each after the order that it has in hand. What is not done fails with `why`. */
  async close(why: string): Promise<void> {
    this.#end(new Failure('cancelled', why));
    await this.#stopped;
  }

  #end(failure: Failure): void {
    if (this.#ended !== null) return;
    this.#ended = failure;
    this.#stopped = Promise.all(this.#threads.map((thread) => thread.end(failure)));
  }
}

interface OpenOrder<Answer> {
  resolve: (answer: Answer) => void;
  reject: (failure: Failure) => void;
}

type Result<Answer> = { ok: true; answer: Answer } | { ok: false; message: string };

/** Sent to a thread that is to look at its `ended`. */
const WAKE = null;

/**
 * A thread that does orders one after the other. It keeps the process alive only while it has any. It is never
 * terminated: Node would break off native code that cannot bear it (koffi's ends the process then).
 */
export class OrderThread<Order, Answer> {
  readonly #worker: Worker;
  /** 1: the thread does no more orders. Shared with it. */
  readonly #endedFlag = new Int32Array(new SharedArrayBuffer(4));
  readonly #exited = Promise.withResolvers<void>();
  /** Answers come in the order of the orders. */
  readonly #open: OpenOrder<Answer>[] = [];
  #ended: Failure | null = null;

  constructor(
    { module, data, name, youngMiB, sharesFiles }: ThreadsOptions<unknown>,
    onLost: (failure: Failure) => void,
  ) {
    // Node adds a folder for its version to the one it is told.
    const compiled = getCompileCacheDir();
    const compiledCode = compiled === undefined ? null : compiled.slice(0, compiled.lastIndexOf('/'));
    this.#worker = new Worker(new URL('./order-thread-start.mjs', import.meta.url), {
      execArgv: [],
      workerData: { moduleUrl: module.href, data, compiledCode, ended: this.#endedFlag },
      trackUnmanagedFds: sharesFiles !== true,
      ...(youngMiB !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: youngMiB } }),
    });
    this.#worker.unref();
    this.#worker.on('message', (result: Result<Answer>) => this.#take(result));
    const lost = (why: string): void => {
      if (this.#ended === null) onLost(new Failure('internal', `${name} ended: ${why}`, { retryable: true }));
    };
    this.#worker.on('error', (error) => lost(error.message || String(error)));
    this.#worker.on('exit', (code) => {
      lost(`exit code ${code}`);
      this.#exited.resolve();
    });
  }

  /** Orders that are not answered yet. */
  get open(): number {
    return this.#open.length;
  }

  /** `transfer`: memory that is given away with the order. Throws `internal` with what the order failed with. */
  perform(order: Order, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#worker.postMessage(order, transfer);
    if (this.#open.push({ resolve, reject }) === 1) this.#worker.ref();
    return promise;
  }

  /** What is open fails with `failure`. Resolves when the thread has ended, after the order that it has in hand. */
  async end(failure: Failure): Promise<void> {
    if (this.#ended === null) {
      this.#ended = failure;
      for (const { reject } of this.#open.splice(0)) reject(failure);
      Atomics.store(this.#endedFlag, 0, 1);
      this.#worker.ref();
      this.#worker.postMessage(WAKE);
    }
    await this.#exited.promise;
  }

  #take(result: Result<Answer>): void {
    const order = this.#open.shift();
    if (this.#open.length === 0 && this.#ended === null) this.#worker.unref();
    if (result.ok) order?.resolve(result.answer);
    else order?.reject(new Failure('internal', result.message));
  }
}
