export const MIN_CHUNK_BYTES = 512 * 1024;
export const MAX_CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Finds the boundaries restic would. Feed a file's bytes in order, in pieces of any size:
 *
 *     let from = 0;
 *     for (;;) {
 *       const cut = chunker.next(buffer, from, end);   // buffer[from, end) are the next bytes
 *       if (cut < 0) break;                            // no boundary in here: the chunk goes on in the next piece
 *       // the chunk ends before buffer[cut]
 *       from = cut;
 *     }
 *
 * At the file's end what is left is the last chunk (if not empty); `reset()` before the next file.
 */
export class Chunker {
  readonly polynomial: bigint;

  constructor(polynomial: bigint) {
    this.polynomial = polynomial;
  }

  reset(): void {}

  next(_buffer: Uint8Array, _from: number, _end: number): number {
    return -1;
  }
}
