import type { Failure } from '@breakwater/domain/failure';
import {
  type BulkJob,
  type BulkResult,
  type MovedBlobs,
  performBulkJob,
  type TreeReferences,
} from './bulk-job.ts';
import { partsOfKey } from './cloned-key.ts';
import type { RepositoryKey } from './crypto.ts';
import { type OrderThread, OrderThreads } from './order-threads.ts';
import { ownBytes } from './own-bytes.ts';

/** Less is done sooner here than sent to a thread. */
const MIN_BYTES = 64 * 1024;
/** One in hand and one on its way keep a thread busy. */
const JOBS_PER_THREAD = 2;
const MAX_THREADS = 4;
/**
 * A thread costs a tenth of a second to start. So many bytes are done here first; eight times as many are given to
 * one thread before the others are started.
 */
const PATIENCE_BYTES = 4 * 1024 * 1024;

interface Task {
  job: BulkJob;
  resolve: (result: BulkResult) => void;
  reject: (failure: Failure) => void;
}

/**
 * Threads for one piece of work (a prune, a copy) that verify and seal blobs in bulk. They are started when first
 * used; `close` ends them. What is handed in as `bytes` is given away: it comes back in the answer, if at all.
 */
export class BulkPool {
  readonly #keys: readonly RepositoryKey[];
  readonly #threads: number;
  readonly #patience: number;
  #bytesSeen = 0;
  readonly #workers: OrderThreads<BulkJob, BulkResult>;
  readonly #queue: Task[] = [];

  /** `threads` 0 does everything here; `patience`: how many bytes are done here before a thread is started. */
  constructor(
    keys: readonly RepositoryKey[],
    { threads, patience }: { threads?: number; patience?: number } = {},
  ) {
    this.#keys = keys;
    // One processor reads, hashes and writes packs meanwhile.
    this.#threads = threads ?? Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency - 1));
    this.#patience = patience ?? PATIENCE_BYTES;
    this.#workers = new OrderThreads({
      module: new URL('./bulk-worker.ts', import.meta.url),
      data: keys.map(partsOfKey),
      name: 'a thread that verifies blobs',
    });
  }

  async move(job: Extract<BulkJob, { work: 'move' }>): Promise<MovedBlobs> {
    return (await this.#perform(job)) as MovedBlobs;
  }

  async references(job: Extract<BulkJob, { work: 'references' }>): Promise<TreeReferences> {
    return (await this.#perform(job)) as TreeReferences;
  }

  /** Drops what is not done. */
  async close(): Promise<void> {
    await this.#workers.close('the work was ended');
    this.#deal();
  }

  #perform(job: BulkJob): Promise<BulkResult> {
    const { ended } = this.#workers;
    if (ended !== null) return Promise.reject(ended);
    this.#bytesSeen += job.bytes.length;
    const early = this.#bytesSeen <= this.#patience;
    if (this.#threads === 0 || early || job.bytes.length < MIN_BYTES) {
      return Promise.try(() => performBulkJob(job, this.#keys));
    }
    const { promise, resolve, reject } = Promise.withResolvers<BulkResult>();
    this.#queue.push({ job, resolve, reject });
    this.#deal();
    return promise;
  }

  #deal(): void {
    const { ended } = this.#workers;
    if (ended !== null) for (const { reject } of this.#queue.splice(0)) reject(ended);
    while (this.#queue.length > 0) {
      const thread = this.#freeThread();
      const task = thread === null ? undefined : this.#queue.shift();
      if (thread === null || task === undefined) return;
      const bytes = ownBytes(task.job.bytes);
      const done = thread.perform({ ...task.job, bytes }, [bytes.buffer]);
      done.then(task.resolve, task.reject).finally(() => this.#deal());
    }
  }

  /** Another thread only when those there are have enough to do. */
  #freeThread(): OrderThread<BulkJob, BulkResult> | null {
    const thread = this.#workers.leastBusy();
    if (thread !== null && thread.open < JOBS_PER_THREAD) return thread;
    const worthwhile = this.#bytesSeen > this.#patience * 8 ? this.#threads : 1;
    return this.#workers.count < worthwhile ? this.#workers.add() : null;
  }
}
