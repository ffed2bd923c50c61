import { CHUNKER_DEGREE, degree, modulo } from './polynomial.ts';

export const MIN_CHUNK_BYTES = 512 * 1024;
export const MAX_CHUNK_BYTES = 8 * 1024 * 1024;

const WINDOW_BYTES = 64;
/** Bytes at a chunk's start that no window that may cut reaches back to. */
const SKIPPED_BYTES = MIN_CHUNK_BYTES - WINDOW_BYTES;
/** 20 bits: a boundary every MiB on average, after the minimum. */
const SPLIT_MASK = (1 << 20) - 1;

/**
 * The fingerprint of 64 bytes is that bit string modulo the polynomial: 53 bits, kept as the low 32 (`lo`) and the
 * high 21 (`hi`), because JavaScript shifts 32 bits. `outLo/outHi` take the byte that leaves the window out,
 * `modLo/modHi` reduce after a shift by one byte and clear the eight bits shifted beyond the degree.
 */
interface Tables {
  outLo: Int32Array;
  outHi: Int32Array;
  modLo: Int32Array;
  modHi: Int32Array;
}

const tablesByPolynomial = new Map<bigint, Tables>();

function tablesFor(polynomial: bigint): Tables {
  const known = tablesByPolynomial.get(polynomial);
  if (known !== undefined) return known;
  const tables: Tables = {
    outLo: new Int32Array(256),
    outHi: new Int32Array(256),
    modLo: new Int32Array(256),
    modHi: new Int32Array(256),
  };
  for (let byte = 0; byte < 256; byte += 1) {
    const leaving = modulo(BigInt(byte) << BigInt(8 * (WINDOW_BYTES - 1)), polynomial);
    tables.outLo[byte] = Number(BigInt.asIntN(32, leaving));
    tables.outHi[byte] = Number(leaving >> 32n);
    const beyond = BigInt(byte) << BigInt(CHUNKER_DEGREE);
    const reduced = modulo(beyond, polynomial) | beyond;
    tables.modLo[byte] = Number(BigInt.asIntN(32, reduced));
    tables.modHi[byte] = Number(BigInt.asIntN(32, reduced >> 32n));
  }
  tablesByPolynomial.set(polynomial, tables);
  return tables;
}

/**
 * Finds the boundaries restic would (github.com/restic/chunker: Rabin fingerprint over 64 bytes, at least 512 KiB,
 * at most 8 MiB). Feed a file's bytes in order, in pieces of any size; nothing is copied or kept:
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
  readonly #tables: Tables;
  /** The last 64 bytes as a ring; `#ringAt` is the oldest. Needed across pieces only. */
  readonly #ring = new Uint8Array(WINDOW_BYTES);
  #ringAt = 0;
  /** Bytes of the present chunk so far. */
  #count = 0;
  #lo = 0;
  #hi = 0;

  constructor(polynomial: bigint) {
    if (degree(polynomial) !== CHUNKER_DEGREE) {
      throw new RangeError(`a chunker polynomial has degree ${CHUNKER_DEGREE}, not ${degree(polynomial)}`);
    }
    this.polynomial = polynomial;
    this.#tables = tablesFor(polynomial);
  }

  /** Forgets the present chunk: the next byte is a file's first. */
  reset(): void {
    this.#ring.fill(0);
    this.#ringAt = 0;
    this.#count = 0;
    this.#lo = 0;
    this.#hi = 0;
  }

  /** Index in (from, end] before which the present chunk ends, or −1 when it ends beyond `end`. */
  next(buffer: Uint8Array, from: number, end: number): number {
    let at = from;
    if (this.#count < SKIPPED_BYTES) {
      const skipped = Math.min(SKIPPED_BYTES - this.#count, end - at);
      at += skipped;
      this.#count += skipped;
    }
    // The window reaches back into the piece before, or into the skipped bytes, for the first 64 bytes.
    const seamEnd = Math.min(end, at + WINDOW_BYTES);
    while (at < seamEnd) {
      this.#slide(buffer[at] ?? 0);
      at += 1;
      if (this.#isCut()) return this.#cutAt(at);
    }
    if (at === end) return -1;
    return this.#roll(buffer, at, end);
  }

  #slide(byte: number): void {
    const { outLo, outHi, modLo, modHi } = this.#tables;
    const out = this.#ring[this.#ringAt] ?? 0;
    this.#ring[this.#ringAt] = byte;
    this.#ringAt = (this.#ringAt + 1) % WINDOW_BYTES;
    const lo = this.#lo ^ (outLo[out] ?? 0);
    const hi = this.#hi ^ (outHi[out] ?? 0);
    const top = hi >>> 13;
    this.#hi = ((hi << 8) | (lo >>> 24)) ^ (modHi[top] ?? 0);
    this.#lo = ((lo << 8) | byte) ^ (modLo[top] ?? 0);
    this.#count += 1;
  }

  #isCut(): boolean {
    if (this.#count < MIN_CHUNK_BYTES) return false;
    return (this.#lo & SPLIT_MASK) === 0 || this.#count >= MAX_CHUNK_BYTES;
  }

  #cutAt(at: number): number {
    this.reset();
    return at;
  }

  /** The hot loop: here the whole window lies in `buffer` and the minimum is reached. */
  #roll(buffer: Uint8Array, from: number, end: number): number {
    const { outLo, outHi, modLo, modHi } = this.#tables;
    const limit = Math.min(end, from + MAX_CHUNK_BYTES - this.#count);
    let lo = this.#lo;
    let hi = this.#hi;
    let at = from;
    while (at < limit) {
      const out = buffer[at - WINDOW_BYTES] as number;
      lo ^= outLo[out] as number;
      hi ^= outHi[out] as number;
      const top = hi >>> 13;
      hi = ((hi << 8) | (lo >>> 24)) ^ (modHi[top] as number);
      lo = ((lo << 8) | (buffer[at] as number)) ^ (modLo[top] as number);
      at += 1;
      if ((lo & SPLIT_MASK) === 0) return this.#cutAt(at);
    }
    this.#count += at - from;
    if (this.#count >= MAX_CHUNK_BYTES) return this.#cutAt(at);
    this.#lo = lo;
    this.#hi = hi;
    this.#ring.set(buffer.subarray(end - WINDOW_BYTES, end));
    this.#ringAt = 0;
    return -1;
  }
}
