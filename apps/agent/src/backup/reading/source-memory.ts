import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '@breakwater/restic-format/chunker';
import { createScannerMemory, SCANNER_BYTES, type ScannerMemory } from '@breakwater/restic-format/rabin-scan';
import { Slots } from '../slots.ts';

const MIB = 1024 * 1024;

/** Small files are read together until they are so many bytes. */
export const BATCH_BYTES = MIB;
/** A batch's last file may begin just below. */
const BATCH_AREA = BATCH_BYTES + MIN_CHUNK_BYTES;
/** More than the largest chunk, so that each window ends at least one. */
export const WINDOW_BYTES = MAX_CHUNK_BYTES + 2 * MIB;
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

  constructor(polynomial: bigint, batches: number, threads: number) {
    const windows = 1 + Math.ceil(threads / SEALING_THREADS_PER_WINDOW);
    const bytes = batches * BATCH_AREA + windows * WINDOW_BYTES;
    this.memory = createScannerMemory(polynomial, bytes);
    const windowsAt = SCANNER_BYTES + batches * BATCH_AREA;
    this.#batches = new Slots(Array.from({ length: batches }, (_, n) => SCANNER_BYTES + n * BATCH_AREA));
    this.#windows = new Slots(Array.from({ length: windows }, (_, n) => windowsAt + n * WINDOW_BYTES));
  }

  get batches(): Slots<number> {
    return this.#batches;
  }

  get windows(): Slots<number> {
    return this.#windows;
  }
}
