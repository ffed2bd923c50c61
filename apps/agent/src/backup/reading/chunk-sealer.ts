import { asFailure } from '@breakwater/domain/failure';
import type { BackupJob } from '../backup-job.ts';
import type { ReadingPool } from './reading-pool.ts';
import { SEAL_BYTES, type SourceMemory } from './source-memory.ts';

/** A chunk in the memory shared with the reading threads. */
export interface ChunkInMemory {
  at: number;
  length: number;
  id: string;
  /** What it takes in the repository, once it is sealed; 0 until then, and where it is not new. */
  stored: number;
}

/** Has what is new to the repository sealed and hands it to the writer. */
export class ChunkSealer {
  readonly #job: BackupJob;
  readonly #pool: ReadingPool;
  readonly #memory: SourceMemory;
  readonly #open = new Set<Promise<void>>();

  constructor(job: BackupJob, pool: ReadingPool, memory: SourceMemory) {
    this.#job = job;
    this.#pool = pool;
    this.#memory = memory;
  }

  /**
   * Claims the chunks that are new. `added` has the bytes of each that is; their memory is free when `done`
   * resolves. A failure becomes the writer's.
   */
  store(chunks: readonly ChunkInMemory[]): { added: number[]; done: Promise<void> } {
    const { writer } = this.#job;
    const orders: Promise<void>[] = [];
    let blobs: ChunkInMemory[] = [];
    let bytes = 0;
    const send = (): void => {
      if (blobs.length > 0) orders.push(this.#track(this.#seal(blobs)));
      blobs = [];
      bytes = 0;
    };
    const added = chunks.map((chunk) => {
      if (!writer.claim('data', chunk.id, chunk.length)) return 0;
      if (bytes > 0 && bytes + chunk.length > SEAL_BYTES) send();
      blobs.push(chunk);
      bytes += chunk.length;
      return chunk.length;
    });
    send();
    return { added, done: Promise.all(orders).then(() => undefined) };
  }

  /** Waits until the writer has all that was claimed, or has failed. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  #track(sealing: Promise<void>): Promise<void> {
    const tracked = sealing.finally(() => this.#open.delete(tracked));
    this.#open.add(tracked);
    return tracked;
  }

  async #seal(blobs: ChunkInMemory[]): Promise<void> {
    const { writer, repository } = this.#job;
    const { memory, sealed } = this.#memory;
    // No chunk is empty.
    const isCompressed = repository.config.version === 2;
    const out = await sealed.take();
    let at = out;
    try {
      const places = Uint32Array.from(blobs.flatMap((blob) => [blob.at, blob.length]));
      const ids = blobs.map(({ id }) => id).join('');
      const { lengths } = await this.#pool.seal({ order: 'seal', places, ids, out });
      for (const [n, blob] of blobs.entries()) {
        const { id, length } = blob;
        const bytes = new Uint8Array(memory.buffer, at, lengths[n] ?? 0);
        writer.addSealed({ type: 'data', id, bytes, uncompressedLength: isCompressed ? length : null });
        blob.stored = bytes.length;
        at += bytes.length;
      }
    } catch (error) {
      writer.fail(asFailure(error));
    } finally {
      sealed.give(out);
    }
  }
}
