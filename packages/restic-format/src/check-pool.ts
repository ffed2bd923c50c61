import { Worker } from 'node:worker_threads';
import { Failure } from '@breakwater/domain/failure';
import {
  type CheckJob,
  type CheckVerdict,
  type PackVerdict,
  performCheckJob,
  type TreesVerdict,
} from './check-job.ts';
import type { CheckAnswer, CheckWorkerData } from './check-worker.ts';
import type { RepositoryKey } from './crypto.ts';
import { BlobOpener } from './sealed-blob.ts';

/** Less is done sooner here than sent to a thread. */
const MIN_BYTES = 64 * 1024;
const MAX_THREADS = 4;
const YOUNG_MIB = 6;

interface Task {
  resolve: (verdict: CheckVerdict) => void;
  reject: (failure: Failure) => void;
}

interface Seat {
  worker: Worker;
  /** Answers come in the order of the jobs. */
  tasks: Task[];
}

/**
 * Threads that verify packs and scan trees for one check. They start when first needed; `close` ends them. What is
 * handed in is given away. Jobs queue without limit: whoever hands them in bounds the memory.
 */
export class CheckPool {
  readonly #key: RepositoryKey;
  readonly #threads: number;
  #opener: BlobOpener | null = null;
  #seats: Seat[] | null = null;
  #ended: Failure | null = null;

  constructor(key: RepositoryKey, threads = Math.min(MAX_THREADS, navigator.hardwareConcurrency)) {
    this.#key = key;
    this.#threads = threads;
  }

  async verifyPack(job: Omit<Extract<CheckJob, { work: 'pack' }>, 'work'>): Promise<PackVerdict> {
    return (await this.#perform({ work: 'pack', ...job })) as PackVerdict;
  }

  async scanTrees(job: Omit<Extract<CheckJob, { work: 'trees' }>, 'work'>): Promise<TreesVerdict> {
    return (await this.#perform({ work: 'trees', ...job })) as TreesVerdict;
  }

  async close(): Promise<void> {
    const seats = this.#seats ?? [];
    this.#end(new Failure('cancelled', 'the check was ended'));
    await Promise.all(seats.map(({ worker }) => worker.terminate()));
  }

  #perform(job: CheckJob): Promise<CheckVerdict> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (job.bytes.length < MIN_BYTES) {
      this.#opener ??= new BlobOpener(this.#key);
      const opener = this.#opener;
      return Promise.try(() => performCheckJob(job, this.#key, opener));
    }
    this.#seats ??= Array.from({ length: Math.max(1, this.#threads) }, () => this.#start());
    const seat = this.#seats.reduce((a, b) => (b.tasks.length < a.tasks.length ? b : a));
    const { promise, resolve, reject } = Promise.withResolvers<CheckVerdict>();
    seat.tasks.push({ resolve, reject });
    const [bytes, entries] = [ownBytes(job.bytes), ownBytes(job.entries)];
    seat.worker.postMessage({ ...job, bytes, entries }, [bytes.buffer, entries.buffer]);
    return promise;
  }

  #start(): Seat {
    const { encrypt, macK, macR } = this.#key;
    const workerData: CheckWorkerData = { encrypt, macK, macR };
    // What a thread makes is small and short-lived: by default it would keep 48 MiB for it.
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
    const options = { execArgv: [], workerData, resourceLimits };
    const worker = new Worker(new URL('./check-worker.ts', import.meta.url), options);
    const seat: Seat = { worker, tasks: [] };
    worker.on('message', (answer: CheckAnswer) => {
      const task = seat.tasks.shift();
      if (answer.ok) task?.resolve(answer.verdict);
      else task?.reject(new Failure('internal', answer.message));
    });
    const lost = (why: string): void =>
      this.#end(new Failure('internal', `a thread that checks packs ended: ${why}`, { retryable: true }));
    worker.on('error', (error) => lost(error.message));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    return seat;
  }

  #end(failure: Failure): void {
    this.#ended ??= failure;
    const open = (this.#seats ?? []).flatMap(({ tasks }) => tasks.splice(0));
    this.#seats = [];
    for (const { reject } of open) reject(this.#ended);
  }
}

/** The bytes with a buffer of their own, which can be given away. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
