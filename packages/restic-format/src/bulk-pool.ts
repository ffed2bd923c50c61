import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';
import {
  type BulkJob,
  type BulkResult,
  type MovedBlobs,
  performBulkJob,
  type TreeReferences,
} from './bulk-job.ts';
import type { BulkAnswer, BulkWorkerData } from './bulk-worker.ts';
import type { RepositoryKey } from './crypto.ts';

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

interface Seat {
  worker: Worker;
  /** Answers come in the order of the jobs. */
  tasks: Task[];
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
  #seats: Seat[] = [];
  readonly #queue: Task[] = [];
  #ended: Failure | null = null;

  /** `threads` 0 does everything here; `patience`: how many bytes are done here before a thread is started. */
  constructor(
    keys: readonly RepositoryKey[],
    { threads, patience }: { threads?: number; patience?: number } = {},
  ) {
    this.#keys = keys;
    // One processor reads, hashes and writes packs meanwhile.
    this.#threads = threads ?? Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency - 1));
    this.#patience = patience ?? PATIENCE_BYTES;
  }

  async move(job: Extract<BulkJob, { work: 'move' }>): Promise<MovedBlobs> {
    return (await this.#perform(job)) as MovedBlobs;
  }

  async references(job: Extract<BulkJob, { work: 'references' }>): Promise<TreeReferences> {
    return (await this.#perform(job)) as TreeReferences;
  }

  /** Drops what is not done. */
  async close(): Promise<void> {
    const seats = this.#seats;
    this.#end(new Failure('cancelled', 'the work was ended'));
    await Promise.all(seats.map(({ worker }) => worker.terminate()));
  }

  #perform(job: BulkJob): Promise<BulkResult> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
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
    for (;;) {
      if (this.#queue.length === 0) return;
      const seat = this.#freeSeat();
      const task = seat === null ? undefined : this.#queue.shift();
      if (seat === null || task === undefined) return;
      const bytes = ownBytes(task.job.bytes);
      seat.tasks.push({ ...task, job: { ...task.job, bytes: new Uint8Array(0) } });
      seat.worker.postMessage({ ...task.job, bytes }, [bytes.buffer]);
    }
  }

  /** Another thread only when those there are have enough to do. */
  #freeSeat(): Seat | null {
    const seat = this.#seats.toSorted((a, b) => a.tasks.length - b.tasks.length)[0];
    if (seat !== undefined && seat.tasks.length < JOBS_PER_THREAD) return seat;
    const worthwhile = this.#bytesSeen > this.#patience * 8 ? this.#threads : 1;
    if (this.#seats.length >= worthwhile) return null;
    const started = this.#start();
    this.#seats.push(started);
    return started;
  }

  #start(): Seat {
    const keys = this.#keys.map(({ encrypt, macK, macR }) => ({ encrypt, macK, macR }));
    const workerData: BulkWorkerData = { keys };
    const worker = new Worker(new URL('./bulk-worker.ts', import.meta.url), { execArgv: [], workerData });
    const seat: Seat = { worker, tasks: [] };
    worker.on('message', (answer: BulkAnswer) => {
      const task = seat.tasks.shift();
      if (answer.ok) task?.resolve(answer.result);
      else task?.reject(new Failure('internal', answer.message));
      this.#deal();
    });
    const lost = (why: string): void =>
      this.#end(new Failure('internal', `a thread that verifies blobs ended: ${why}`, { retryable: true }));
    worker.on('error', (error) => lost(error.message));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    return seat;
  }

  #end(failure: Failure): void {
    this.#ended ??= failure;
    const open = [...this.#seats.flatMap(({ tasks }) => tasks.splice(0)), ...this.#queue.splice(0)];
    this.#seats = [];
    for (const { reject } of open) reject(this.#ended);
  }
}

/** The bytes with a buffer of their own, which can be given away. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const whole = byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
