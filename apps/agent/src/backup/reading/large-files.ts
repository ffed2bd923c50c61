import { closeSync, fstatSync, readSync } from 'node:fs';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { say } from '../../remarks/say.ts';
import { systemPath } from '../../source/system-path.ts';
import type { BackupJob } from '../backup-job.ts';
import { throwIfCancelled } from '../cancellation.ts';
import type { ChunkSealer } from './chunk-sealer.ts';
import { finishFile, openedNode, type SourceFile } from './finished-file.ts';
import { openForReading } from './open-for-reading.ts';
import { asError, type CutAnswer } from './order.ts';
import { ParentChunks } from './parent-chunks.ts';
import type { ReadingPool } from './reading-pool.ts';
import { type SourceMemory, WINDOW_BYTES } from './source-memory.ts';

/** Raised for what concerns one file only. */
class FileReadError extends Error {}

interface Content {
  ids: string[];
  bytes: number;
  /** Bytes that the repository did not have. */
  added: number;
  /** What they take there, once they are sealed. */
  stored: Promise<number>;
}

/** Reads files of any size window by window: while one window is sealed by all threads, the next is cut. */
export class LargeFiles {
  readonly #job: BackupJob;
  readonly #pool: ReadingPool;
  readonly #memory: SourceMemory;
  readonly #sealer: ChunkSealer;

  constructor(job: BackupJob, pool: ReadingPool, memory: SourceMemory, sealer: ChunkSealer) {
    this.#job = job;
    this.#pool = pool;
    this.#memory = memory;
    this.#sealer = sealer;
  }

  /** The file's node, or null when it cannot be taken (an issue then says why). */
  async save(source: SourceFile): Promise<TreeNode | null> {
    const { issues, signal } = this.#job;
    const { path } = source;
    throwIfCancelled(signal);
    let file: number;
    try {
      file = openForReading(systemPath(path));
    } catch (error) {
      issues.addReadError(path, 'read', error);
      return null;
    }
    try {
      const stat = fstatSync(file, { bigint: true });
      if (!stat.isFile()) {
        issues.add(path, 'read', 'unreadable', say('not-regular-file', {}));
        return null;
      }
      const node = openedNode(this.#job, source, stat);
      const size = Number(stat.size);
      const { ids, bytes, added, stored } = await this.#read(file, size, source.previous);
      return finishFile(this.#job, source, node, {
        ...{ size, bytes, content: ids, added },
        stored: () => stored,
      });
    } catch (error) {
      if (!(error instanceof FileReadError)) throw error;
      issues.addReadError(path, 'read', error.cause);
      return null;
    } finally {
      closeSync(file);
    }
  }

  async #read(file: number, size: number, previous: TreeNode | undefined): Promise<Content> {
    const { repository, counters, signal, writer } = this.#job;
    const content: Content = { ids: [], bytes: 0, added: 0, stored: Promise.resolve(0) };
    // Files of size 0 are read all the same, for the pseudo files that have content and no size.
    if (size === 0 && isEmpty(file)) return content;
    // What is appended while we read belongs to the next backup: else a busy log might never end.
    const limit = size === 0 ? Number.MAX_SAFE_INTEGER : size;
    const parent = new ParentChunks(previous?.content ?? [], repository.index);
    let scanned = 0;
    for (let isLast = false; !isLast; ) {
      await writer.room();
      const offset = content.bytes;
      const at = await this.#memory.windows.take();
      let stored: Promise<void> = Promise.resolve();
      try {
        const answer = await this.#cut(file, { at, offset, limit, scanned, parent });
        throwIfCancelled(signal);
        parent.note(offset, answer.chunks);
        let next = at;
        const chunks = answer.chunks.map(({ length, id }) => {
          next += length;
          return { at: next - length, length, id, stored: 0 };
        });
        const { added, done } = this.#sealer.store(chunks);
        stored = done;
        const before = content.stored;
        content.stored = done.then(async () =>
          chunks.reduce((sum, chunk) => sum + chunk.stored, await before),
        );
        for (const { id } of answer.chunks) content.ids.push(id);
        for (const bytes of added) content.added += bytes;
        content.bytes += next - at;
        counters.bytesDone += next - at;
        ({ rest: scanned, isLast } = answer);
      } finally {
        void stored.then(() => this.#memory.windows.give(at));
      }
    }
    return content;
  }

  async #cut(
    file: number,
    from: { at: number; offset: number; limit: number; scanned: number; parent: ParentChunks },
  ): Promise<Extract<CutAnswer, { error: null }>> {
    const { at, offset, limit, scanned, parent } = from;
    const bytes = Math.min(WINDOW_BYTES, limit - offset);
    const isLast = offset + bytes >= limit;
    const expected = parent
      .near(offset, bytes)
      .map(([distance, chunk]): [number, typeof chunk] => [at + distance, chunk]);
    const answer = await this.#pool.cut({
      ...{ order: 'cut', file, offset, scanned, at, bytes, isLast, expected },
    });
    if (answer.error !== null) throw new FileReadError('read', { cause: asError(answer.error) });
    return answer;
  }
}

function isEmpty(file: number): boolean {
  try {
    return readSync(file, Buffer.alloc(1), 0, 1, 0) === 0;
  } catch (error) {
    throw new FileReadError('read', { cause: error });
  }
}
