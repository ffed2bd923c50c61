import { asFailure } from '@breakwater/domain/failure';
import type { BackupJob } from '../backup-job.ts';
import type { SealAnswer, SealOrder } from './order.ts';
import { type ReadingPool, readingThreads } from './reading-pool.ts';

/** A chunk in the memory shared with the reading threads. */
export interface ChunkInMemory {
  at: number;
  length: number;
  id: string;
}

/** Plaintext bytes for one order: enough to be worth it, few enough for all threads to have some. */
const ORDER_BYTES = 2 * 1024 * 1024;

/** Has what is new to the repository sealed and hands it to the writer. */
export class ChunkSealer {
  readonly #job: BackupJob;
  readonly #pool: ReadingPool;
  /** Memory of answers, to be used again. */
  readonly #spare: ArrayBuffer[] = [];
  readonly #open = new Set<Promise<void>>();

  constructor(job: BackupJob, pool: ReadingPool) {
    this.#job = job;
    this.#pool = pool;
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
      if (blobs.length > 0) orders.push(this.#track(this.#seal(blobs, bytes)));
      blobs = [];
      bytes = 0;
    };
    const added = chunks.map((chunk) => {
      if (!writer.claim('data', chunk.id, chunk.length)) return 0;
      if (bytes > 0 && bytes + chunk.length > ORDER_BYTES) send();
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

  async #seal(blobs: ChunkInMemory[], bytes: number): Promise<void> {
    const { writer } = this.#job;
    const order: SealOrder = { order: 'seal', blobs, out: this.#spareFor(bytes) };
    let answer: SealAnswer;
    try {
      answer = await this.#pool.seal(order);
    } catch (error) {
      writer.fail(asFailure(error));
      return;
    }
    let at = 0;
    for (const [n, { id }] of blobs.entries()) {
      const length = answer.lengths[n] ?? 0;
      const uncompressedLength = answer.uncompressedLengths[n] ?? null;
      writer.addSealed({
        type: 'data',
        id,
        bytes: new Uint8Array(answer.out, at, length),
        uncompressedLength,
      });
      at += length;
    }
    if (this.#spare.length < 2 * readingThreads()) this.#spare.push(answer.out);
  }

  /** The smallest that may be enough; the thread makes another when it is not. */
  #spareFor(bytes: number): ArrayBuffer | null {
    let best = -1;
    for (const [n, { byteLength }] of this.#spare.entries()) {
      if (byteLength <= bytes) continue;
      if (best < 0 || byteLength < (this.#spare[best]?.byteLength ?? 0)) best = n;
    }
    return best < 0 ? null : (this.#spare.splice(best, 1)[0] ?? null);
  }
}
