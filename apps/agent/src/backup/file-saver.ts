import { MIN_CHUNK_BYTES } from '@breakwater/restic-format/chunker';
import { partsOfKey } from '@breakwater/restic-format/cloned-key';
import type { TreeNode } from '@breakwater/restic-format/tree';
import type { BackupJob } from './backup-job.ts';
import { ChunkSealer } from './reading/chunk-sealer.ts';
import type { SourceFile } from './reading/finished-file.ts';
import { LargeFiles } from './reading/large-files.ts';
import { ReadingPool, readingThreads } from './reading/reading-pool.ts';
import { SmallFiles } from './reading/small-files.ts';
import { SourceMemory } from './reading/source-memory.ts';
import { Slots } from './slots.ts';

/** So many batches of small files for each thread: one read, one sealed, one on its way. */
const BATCHES_PER_THREAD = 3;
/** Enough to keep all threads busy where one file's next window waits for its last. */
const LARGE_FILES_AT_ONCE = 2;

/** What will become of a file or folder that was begun: its node, or null when it cannot be taken. */
export interface Begun {
  done: Promise<TreeNode | null>;
}

/**
 * Reads regular files, cuts them into chunks as restic does and hands these, sealed, to the repository's writer. The
 * work is done in threads, which are started when there is a file to read.
 */
export class FileSaver {
  readonly #job: BackupJob;
  /** Large files being read, by number. */
  readonly #slots: Slots<number>;
  readonly #inFlight = new Set<Promise<unknown>>();
  /** Made for the first file: where nothing changed there is none. */
  #readers: Readers | null = null;

  constructor(job: BackupJob) {
    this.#job = job;
    const atOnce = job.readConcurrency ?? LARGE_FILES_AT_ONCE;
    this.#slots = new Slots(Array.from({ length: atOnce }, (_, n) => n));
  }

  /**
   * Waits until the file may be begun, then returns what will become of it (where that is null, an issue says why).
   * That rejects only with what ends the whole backup. `size` is what it was when it was looked at.
   */
  async begin(name: string, path: string, previous: TreeNode | undefined, size: bigint): Promise<Begun> {
    const file = { name, path, previous, began: performance.now() };
    this.#job.counters.currentFile = path;
    const isSmall = size > 0n && size <= MIN_CHUNK_BYTES;
    this.#readers ??= startReaders(this.#job);
    const { small, large } = this.#readers;
    const { done } = isSmall ? await small.begin(file, Number(size)) : await this.#beginLarge(large, file);
    const tracked = done.finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
    // Its failure is met where the folder waits for it; until then it must not look unhandled.
    tracked.catch(() => undefined);
    return { done: tracked };
  }

  /** Waits until no file is being read any more, however it ended, nor sealed, and ends the threads. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
    await this.#readers?.sealer.settled();
    await this.#readers?.pool.close();
  }

  async #beginLarge(large: LargeFiles, file: SourceFile): Promise<Begun> {
    const slot = await this.#slots.take();
    return { done: large.save(file).finally(() => this.#slots.give(slot)) };
  }
}

interface Readers {
  pool: ReadingPool;
  sealer: ChunkSealer;
  small: SmallFiles;
  large: LargeFiles;
}

function startReaders(job: BackupJob): Readers {
  const { key, config } = job.repository;
  const threads = readingThreads();
  const memory = new SourceMemory(config.chunkerPolynomial, BATCHES_PER_THREAD * threads, threads);
  const pool = new ReadingPool({
    memory: memory.memory,
    key: partsOfKey(key),
    version: config.version,
  });
  const sealer = new ChunkSealer(job, pool, memory);
  const large = new LargeFiles(job, pool, memory, sealer);
  const small = new SmallFiles(job, pool, memory, sealer, (file) => large.save(file));
  return { pool, sealer, small, large };
}
