import { sealedBound } from '@breakwater/restic-format/blob-sealer';
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '@breakwater/restic-format/chunker';
import { createScannerMemory, SCANNER_BYTES, type ScannerMemory } from '@breakwater/restic-format/rabin-scan';
import { Slots } from '../slots.ts';
import { READ_RECORD_BYTES, ReadRecords } from './read-records.ts';

const MIB = 1024 * 1024;

/** Small files are read together until they are so many bytes. */
export const BATCH_BYTES = MIB;
/** And are no more than this. */
export const BATCH_FILES = 256;
/** Where the records of a batch's files lie, from its beginning: its last file may begin just below `BATCH_BYTES`. */
const RECORDS_AT = BATCH_BYTES + MIN_CHUNK_BYTES;
const BATCH_AREA = RECORDS_AT + BATCH_FILES * READ_RECORD_BYTES;
/** More than the largest chunk, so that each window ends at least one. */
export const WINDOW_BYTES = MAX_CHUNK_BYTES + 2 * MIB;
/** Plaintext bytes sealed by one order: enough to be worth it, few enough for all threads to have some. */
export const SEAL_BYTES = 2 * MIB;
/** Sealed, an order's blobs fit in: the largest chunk alone, or several smaller ones. */
export const SEALED_BYTES = sealedBound(MAX_CHUNK_BYTES);
/** One in hand, one to begin with; and for all one more, that is being copied into a pack. */
const SEALED_PER_THREAD = 2;
/** One is cut while others are sealed; one is enough for three threads or so. */
const SEALING_THREADS_PER_WINDOW = 3;

/**
 * The memory that reading threads share with the main thread, in pieces that are taken and given back by address.
 * A piece that was never used takes none.
 */
export class SourceMemory {
  readonly memory: ScannerMemory;
  readonly #batches: Slots<number>;
  readonly #windows: Slots<number>;
  readonly #sealed: Slots<number>;

  constructor(polynomial: bigint, batches: number, threads: number) {
    const windows = 1 + Math.ceil(threads / SEALING_THREADS_PER_WINDOW);
    const sealed = SEALED_PER_THREAD * threads + 1;
    const areas: [count: number, bytes: number][] = [
      [batches, BATCH_AREA],
      [windows, WINDOW_BYTES],
      [sealed, SEALED_BYTES],
    ];
    const bytes = areas.reduce((sum, [count, each]) => sum + count * each, 0);
    this.memory = createScannerMemory(polynomial, bytes);
    let next = SCANNER_BYTES;
    const [ofBatches, ofWindows, ofSealed] = areas.map(([count, each]) => {
      const from = next;
      next += count * each;
      return new Slots(Array.from({ length: count }, (_, n) => from + n * each));
    }) as [Slots<number>, Slots<number>, Slots<number>];
    this.#batches = ofBatches;
    this.#windows = ofWindows;
    this.#sealed = ofSealed;
  }

  get batches(): Slots<number> {
    return this.#batches;
  }

  get windows(): Slots<number> {
    return this.#windows;
  }

  get sealed(): Slots<number> {
    return this.#sealed;
  }
}

/** Of the batch that begins at `at`. */
export function recordsOfBatch(memory: ScannerMemory, at: number): ReadRecords {
  return new ReadRecords(memory, at + RECORDS_AT, BATCH_FILES);
}
