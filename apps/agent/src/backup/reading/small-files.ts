import type { TreeNode } from '@breakwater/restic-format/tree';
import { systemPath } from '../../source/system-path.ts';
import type { BackupJob } from '../backup-job.ts';
import { throwIfCancelled } from '../cancellation.ts';
import type { ChunkInMemory, ChunkSealer } from './chunk-sealer.ts';
import { finishFile, openedNode, type SourceFile } from './finished-file.ts';
import { asError, type PlainError } from './order.ts';
import type { ReadRecord } from './read-records.ts';
import type { ReadingPool } from './reading-pool.ts';
import { BATCH_BYTES, BATCH_FILES, recordsOfBatch, type SourceMemory } from './source-memory.ts';

const UNKNOWN_ERROR: PlainError = { code: null, message: 'it could not be read' };

/** A batch that is not full goes after this time, ms. */
const LINGER_MS = 10;

interface WaitingFile {
  file: SourceFile;
  room: number;
  resolve: (node: TreeNode | null) => void;
  reject: (error: unknown) => void;
}

interface Batch {
  at: number;
  files: WaitingFile[];
  bytes: number;
}

/** Reads files of at most one chunk many at a time: one message to a thread for each MiB. */
export class SmallFiles {
  readonly #job: BackupJob;
  readonly #pool: ReadingPool;
  readonly #memory: SourceMemory;
  readonly #sealer: ChunkSealer;
  /** For what turns out to be no small file. */
  readonly #readLarge: (file: SourceFile) => Promise<TreeNode | null>;
  #batch: Batch | null = null;

  constructor(
    job: BackupJob,
    pool: ReadingPool,
    memory: SourceMemory,
    sealer: ChunkSealer,
    readLarge: (file: SourceFile) => Promise<TreeNode | null>,
  ) {
    this.#job = job;
    this.#pool = pool;
    this.#memory = memory;
    this.#sealer = sealer;
    this.#readLarge = readLarge;
  }

  /** Waits until there is room, then returns what will become of the file. `room`: its size, at least 1. */
  async begin(file: SourceFile, room: number): Promise<{ done: Promise<TreeNode | null> }> {
    while (this.#batch === null) {
      await this.#job.writer.room();
      const at = await this.#memory.batches.take();
      if (this.#batch === null) this.#open(at);
      else this.#memory.batches.give(at);
    }
    const batch = this.#batch;
    const { promise, resolve, reject } = Promise.withResolvers<TreeNode | null>();
    batch.files.push({ file, room, resolve, reject });
    batch.bytes += room;
    if (batch.bytes >= BATCH_BYTES || batch.files.length >= BATCH_FILES) this.#send(batch);
    return { done: promise };
  }

  #open(at: number): void {
    const batch: Batch = { at, files: [], bytes: 0 };
    this.#batch = batch;
    // Where few files have changed the walk goes on for a while before the next comes; but somebody waits for each.
    setTimeout(() => {
      if (this.#batch === batch) this.#send(batch);
    }, LINGER_MS);
  }

  #send(batch: Batch): void {
    this.#batch = null;
    void this.#save(batch);
  }

  async #save(batch: Batch): Promise<void> {
    let stored: Promise<void> = Promise.resolve();
    try {
      const paths = batch.files.map(({ file }) => systemPath(file.path));
      const rooms = Uint32Array.from(batch.files, ({ room }) => room);
      const { errors } = await this.#pool.read({ order: 'read', at: batch.at, paths, rooms });
      throwIfCancelled(this.#job.signal);
      stored = this.#finish(batch, errors);
    } catch (error) {
      for (const { reject } of batch.files) reject(error);
    }
    await stored;
    this.#memory.batches.give(batch.at);
  }

  /** Resolves when the batch's memory is free. */
  #finish(batch: Batch, errors: ReadonlyMap<number, PlainError>): Promise<void> {
    const records = recordsOfBatch(this.#memory.memory, batch.at);
    const answers = batch.files.map((_, n) => records.get(n));
    const chunks: ChunkInMemory[] = [];
    let at = batch.at;
    for (const answer of answers) {
      if (answer.got !== 'content' || answer.bytes === 0) continue;
      chunks.push({ at, length: answer.bytes, id: answer.id, stored: 0 });
      at += answer.bytes;
    }
    const { added, done } = this.#sealer.store(chunks);
    let nth = 0;
    for (const [n, { file, resolve, reject }] of batch.files.entries()) {
      const answer = answers[n];
      if (answer?.got === 'content') {
        const chunk = answer.bytes === 0 ? undefined : chunks[nth];
        const bytesAdded = chunk === undefined ? 0 : (added[nth++] ?? 0);
        const stored = (): Promise<number> => done.then(() => chunk?.stored ?? 0);
        resolve(this.#node(file, answer, bytesAdded, stored));
      } else if (answer?.got === 'error') {
        this.#job.issues.addReadError(file.path, 'read', asError(errors.get(n) ?? UNKNOWN_ERROR));
        resolve(null);
      } else {
        this.#readLarge(file).then(resolve, reject);
      }
    }
    return done;
  }

  #node(
    file: SourceFile,
    { stat, bytes, id }: Extract<ReadRecord, { got: 'content' }>,
    added: number,
    stored: () => Promise<number>,
  ): TreeNode {
    this.#job.counters.bytesDone += bytes;
    const content = bytes === 0 ? [] : [id];
    const node = openedNode(this.#job, file, stat);
    return finishFile(this.#job, file, node, { size: Number(stat.size), bytes, content, added, stored });
  }
}
