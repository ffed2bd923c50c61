import {
  type CheckJob,
  type CheckVerdict,
  type PackVerdict,
  performCheckJob,
  type TreesVerdict,
} from './check-job.ts';
import { partsOfKey } from './cloned-key.ts';
import type { RepositoryKey } from './crypto.ts';
import { OrderThreads } from './order-threads.ts';
import { ownBytes } from './own-bytes.ts';
import { BlobOpener } from './sealed-blob.ts';

/** Less is done sooner here than sent to a thread. */
const MIN_BYTES = 64 * 1024;
const MAX_THREADS = 4;
/** What a thread makes is small and short-lived. */
const YOUNG_MIB = 6;

/**
 * Threads that verify packs and scan trees for one check. They start when first needed; `close` ends them. What is
 * handed in is given away. Jobs queue without limit: whoever hands them in bounds the memory.
 */
export class CheckPool {
  readonly #key: RepositoryKey;
  readonly #threads: number;
  readonly #workers: OrderThreads<CheckJob, CheckVerdict>;
  #opener: BlobOpener | null = null;

  constructor(key: RepositoryKey, threads = Math.min(MAX_THREADS, navigator.hardwareConcurrency)) {
    this.#key = key;
    this.#threads = Math.max(1, threads);
    this.#workers = new OrderThreads({
      module: new URL('./check-worker.ts', import.meta.url),
      data: partsOfKey(key),
      name: 'a thread that checks packs',
      youngMiB: YOUNG_MIB,
    });
  }

  async verifyPack(job: Omit<Extract<CheckJob, { work: 'pack' }>, 'work'>): Promise<PackVerdict> {
    return (await this.#perform({ work: 'pack', ...job })) as PackVerdict;
  }

  async scanTrees(job: Omit<Extract<CheckJob, { work: 'trees' }>, 'work'>): Promise<TreesVerdict> {
    return (await this.#perform({ work: 'trees', ...job })) as TreesVerdict;
  }

  async close(): Promise<void> {
    await this.#workers.close('the check was ended');
  }

  async #perform(job: CheckJob): Promise<CheckVerdict> {
    if (this.#workers.ended !== null) throw this.#workers.ended;
    if (job.bytes.length < MIN_BYTES) {
      this.#opener ??= new BlobOpener(this.#key);
      return performCheckJob(job, this.#key, this.#opener);
    }
    while (this.#workers.count < this.#threads) this.#workers.add();
    const [bytes, entries] = [ownBytes(job.bytes), ownBytes(job.entries)];
    const thread = this.#workers.leastBusy() ?? this.#workers.add();
    return await thread.perform({ ...job, bytes, entries }, [bytes.buffer, entries.buffer]);
  }
}
