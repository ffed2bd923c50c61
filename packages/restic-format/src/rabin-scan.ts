import { CHUNKER_DEGREE, degree, modulo } from './polynomial.ts';
import { RABIN_SCAN_CODE } from './rabin-scan-code.ts';

const WINDOW_BYTES = 64;
const PAGE_BYTES = 65_536;

/** Bytes at the beginning of a scanner's memory that are its own (the tables); data lies behind them. */
export const SCANNER_BYTES = PAGE_BYTES;
/** The tables' address; 0 stands for "none". */
const TABLES_AT = 4096;

interface Exports {
  firstCut(tables: number, from: number, end: number): number;
  isCut(tables: number, at: number): number;
}

/** The part of WebAssembly used here; TypeScript knows it of browsers only. */
interface WebAssemblyApi {
  Memory: new (size: { initial: number; maximum: number; shared: true }) => ScannerMemory;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: { env: { memory: ScannerMemory } }) => { exports: object };
}

/** Shared between threads: may be sent to a worker. */
export interface ScannerMemory {
  readonly buffer: SharedArrayBuffer;
}

const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

let compiled: object | null = null;

/** Memory for the scanners of any number of threads, with room for `dataBytes` of data from `SCANNER_BYTES` on. */
export function createScannerMemory(polynomial: bigint, dataBytes: number): ScannerMemory {
  if (degree(polynomial) !== CHUNKER_DEGREE) {
    throw new RangeError(`a chunker polynomial has degree ${CHUNKER_DEGREE}, not ${degree(polynomial)}`);
  }
  const pages = Math.ceil((SCANNER_BYTES + dataBytes) / PAGE_BYTES);
  const memory = new Memory({ initial: pages, maximum: pages, shared: true });
  const tables = new BigUint64Array(memory.buffer, TABLES_AT, 512);
  // What a byte does is what its bits do, added up.
  for (let bit = 0; bit < 8; bit += 1) {
    const leaving = modulo(1n << BigInt(8 * (WINDOW_BYTES - 1) + bit), polynomial);
    const beyond = 1n << BigInt(CHUNKER_DEGREE + bit);
    const reduced = modulo(beyond, polynomial) | beyond;
    for (let byte = 0; byte < 256; byte += 1) {
      if (((byte >> bit) & 1) === 0) continue;
      tables[byte] = (tables[byte] ?? 0n) ^ leaving;
      tables[256 + byte] = (tables[256 + byte] ?? 0n) ^ reduced;
    }
  }
  return memory;
}

/**
 * Looks for places where restic may cut: the Rabin fingerprint of the 64 bytes before them ends in 20 zeros. Works
 * on its memory where it is; addresses are those of that memory. (The same as `Chunker` in WebAssembly, where 64-bit
 * words make it 2.5 times as fast.)
 */
export class RabinScanner {
  readonly #exports: Exports;

  /** `memory` comes from `createScannerMemory`, perhaps in another thread. */
  constructor(memory: ScannerMemory) {
    compiled ??= new Module(Buffer.from(RABIN_SCAN_CODE, 'base64'));
    const { exports } = new Instance(compiled, { env: { memory } });
    this.#exports = exports as Exports;
  }

  /** The first such address in (from, end], or 0. The 64 bytes before `from` are read, too. */
  firstCut(from: number, end: number): number {
    return from < end ? this.#exports.firstCut(TABLES_AT, from, end) >>> 0 : 0;
  }

  isCut(at: number): boolean {
    return this.#exports.isCut(TABLES_AT, at) !== 0;
  }
}
