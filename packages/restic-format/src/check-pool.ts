import {
  type CheckJob,
  CheckPerformer,
  type CheckVerdict,
  type PackVerdict,
  type TreesVerdict,
  type Unread,
} from './check-job.ts';
import { partsOfKey } from './cloned-key.ts';
import type { CheckThreadData } from './check-worker.ts';
import type { RepositoryKey } from './crypto.ts';
import { OrderThreads } from './order-threads.ts';
import { ownBytes } from './own-bytes.ts';
import { loadPackFileOpener } from './pack-source.ts';
import type { Repository } from './repository.ts';

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
  readonly #files: string | null;
  readonly #threads: number;
  readonly #workers: OrderThreads<CheckJob, CheckVerdict | Unread>;
  #here: CheckPerformer | null = null;

  constructor(
    { key, store }: Pick<Repository, 'key' | 'store'>,
    threads = Math.min(MAX_THREADS, navigator.hardwareConcurrency),
  ) {
    this.#key = key;
    this.#files = store.packFiles?.module ?? null;
    this.#threads = Math.max(1, threads);
    this.#workers = new OrderThreads({
      module: new URL('./check-worker.ts', import.meta.url),
      data: { key: partsOfKey(key), files: this.#files } satisfies CheckThreadData,
      name: 'a thread that checks packs',
      youngMiB: YOUNG_MIB,
    });
  }

  async verifyPack(job: Omit<Extract<CheckJob, { work: 'pack' }>, 'work'>): Promise<PackVerdict | Unread> {
    return (await this.#perform({ work: 'pack', ...job })) as PackVerdict | Unread;
  }

  async scanTrees(job: Omit<Extract<CheckJob, { work: 'trees' }>, 'work'>): Promise<TreesVerdict | Unread> {
    return (await this.#perform({ work: 'trees', ...job })) as TreesVerdict | Unread;
  }

  async close(): Promise<void> {
    await this.#workers.close('the check was ended');
  }

  async #perform(job: CheckJob): Promise<CheckVerdict | Unread> {
    if (this.#workers.ended !== null) throw this.#workers.ended;
    if (job.source.length < MIN_BYTES) {
      this.#here ??= new CheckPerformer(this.#key, await loadPackFileOpener(this.#files));
      return this.#here.perform(job);
    }
    while (this.#workers.count < this.#threads) this.#workers.add();
    const thread = this.#workers.leastBusy() ?? this.#workers.add();
    const entries = ownBytes(job.entries);
    if (!(job.source instanceof Uint8Array))
      return await thread.perform({ ...job, entries }, [entries.buffer]);
    const source = ownBytes(job.source);
    return await thread.perform({ ...job, source, entries }, [source.buffer, entries.buffer]);
  }
}
