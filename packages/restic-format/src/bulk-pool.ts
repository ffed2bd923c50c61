import type { Failure } from '@breakwater/domain/failure';
import {
  type BulkJob,
  BulkPerformer,
  type BulkResult,
  type MovedBlobs,
  type TreeReferences,
  type Unread,
} from './bulk-job.ts';
import type { BulkThreadData } from './bulk-worker.ts';
import { partsOfKey } from './cloned-key.ts';
import type { RepositoryKey } from './crypto.ts';
import { type OrderThread, OrderThreads } from './order-threads.ts';
import { ownBytes } from './own-bytes.ts';
import { loadPackFileOpener } from './pack-source.ts';
import type { PackStore } from './pack-store.ts';

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

/** Room for what is read together, but for a blob that is larger alone. */
const SPACE_BYTES = 4 * 1024 * 1024;

/** Moved blobs that lie in memory which is used again: `release` says that they are not wanted any more. */
export interface MovedInSpace extends Omit<MovedBlobs, 'bytes'> {
  bytes: Uint8Array;
  release(): void;
}

interface Task {
  job: BulkJob;
  resolve: (result: BulkResult) => void;
  reject: (failure: Failure) => void;
}

/**
 * Threads for one piece of work (a prune, a copy) that verify and seal blobs in bulk. They are started when first
 * used; `close` ends them. Bytes that are handed in are given away: they come back in the answer, if at all.
 */
export class BulkPool {
  readonly #keys: readonly RepositoryKey[];
  readonly #threads: number;
  readonly #patience: number;
  #bytesSeen = 0;
  readonly #workers: OrderThreads<BulkJob, BulkResult>;
  readonly #files: string | null;
  #here: Promise<BulkPerformer> | null = null;
  readonly #queue: Task[] = [];
  readonly #spaces: SharedArrayBuffer[] = [];

  /**
   * Blobs are read from `store`. `threads` 0 does everything here; `patience`: how many bytes are done here before a
   * thread is started.
   */
  constructor(
    keys: readonly RepositoryKey[],
    { packFiles }: Pick<PackStore, 'packFiles'>,
    { threads, patience }: { threads?: number; patience?: number } = {},
  ) {
    this.#files = packFiles?.module ?? null;
    this.#keys = keys;
    // One processor reads, hashes and writes packs meanwhile.
    this.#threads = threads ?? Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency - 1));
    this.#patience = patience ?? PATIENCE_BYTES;
    this.#workers = new OrderThreads({
      module: new URL('./bulk-worker.ts', import.meta.url),
      data: { keys: keys.map(partsOfKey), files: this.#files } satisfies BulkThreadData,
      name: 'a thread that verifies blobs',
    });
  }

  async move(
    job: Omit<Extract<BulkJob, { work: 'move' }>, 'work' | 'space'>,
  ): Promise<MovedInSpace | Unread> {
    const { length } = job.source;
    const isFile = !(job.source instanceof Uint8Array);
    const space = isFile ? this.#takeSpace(length) : null;
    const release = (): void => {
      if (space !== null && space.byteLength === SPACE_BYTES) this.#spaces.push(space);
    };
    const moved = (await this.#perform({ work: 'move', ...job, space })) as MovedBlobs | Unread;
    if (moved.work === 'unread') {
      release();
      return moved;
    }
    return {
      ...moved,
      bytes: moved.bytes ?? new Uint8Array(space ?? new ArrayBuffer(0), 0, length),
      release,
    };
  }

  async references(
    job: Omit<Extract<BulkJob, { work: 'references' }>, 'work'>,
  ): Promise<TreeReferences | Unread> {
    return (await this.#perform({ work: 'references', ...job })) as TreeReferences | Unread;
  }

  /** Drops what is not done. */
  async close(): Promise<void> {
    await this.#workers.close('the work was ended');
    this.#deal();
  }

  #perform(job: BulkJob): Promise<BulkResult> {
    const { ended } = this.#workers;
    if (ended !== null) return Promise.reject(ended);
    const { length } = job.source;
    this.#bytesSeen += length;
    const early = this.#bytesSeen <= this.#patience;
    if (this.#threads === 0 || early || length < MIN_BYTES) return this.#performHere(job);
    const { promise, resolve, reject } = Promise.withResolvers<BulkResult>();
    this.#queue.push({ job, resolve, reject });
    this.#deal();
    return promise;
  }

  async #performHere(job: BulkJob): Promise<BulkResult> {
    this.#here ??= loadPackFileOpener(this.#files).then((open) => new BulkPerformer(this.#keys, open));
    return (await this.#here).perform(job);
  }

  #takeSpace(bytes: number): SharedArrayBuffer {
    if (bytes > SPACE_BYTES) return new SharedArrayBuffer(bytes);
    return this.#spaces.pop() ?? new SharedArrayBuffer(SPACE_BYTES);
  }

  #deal(): void {
    const { ended } = this.#workers;
    if (ended !== null) for (const { reject } of this.#queue.splice(0)) reject(ended);
    while (this.#queue.length > 0) {
      const thread = this.#freeThread();
      const task = thread === null ? undefined : this.#queue.shift();
      if (thread === null || task === undefined) return;
      const done = performIn(thread, task.job);
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

function performIn(thread: OrderThread<BulkJob, BulkResult>, job: BulkJob): Promise<BulkResult> {
  if (!(job.source instanceof Uint8Array)) return thread.perform(job);
  const source = ownBytes(job.source);
  return thread.perform({ ...job, source }, [source.buffer]);
}
