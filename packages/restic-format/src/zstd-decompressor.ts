import { constants, createZstdDecompress } from 'node:zlib';
import { compress, decompress } from './zstd.ts';

/** The part of a zlib stream of Node that works without streams. It is not documented, so it is tried out first. */
interface NativeContext {
  onerror: () => void;
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
}

/**
 * Decompresses one frame after another with one context into memory at hand: a context of its own for each call
 * (`zstdDecompressSync`) costs 30 µs, and its output as much again for each MiB.
 */
export class ZstdDecompressor {
  #context: NativeContext | null;
  /** Bytes of output and of input that the last call left over. */
  readonly #left: Uint32Array;
  #failed = false;

  constructor() {
    const stream = createZstdDecompress();
    const inside = stream as unknown as { _handle?: NativeContext; _writeState?: Uint32Array };
    this.#left = inside._writeState ?? new Uint32Array(2);
    this.#context = inside._handle ?? null;
    if (this.#context !== null) {
      // The stream would destroy itself, and the context with it.
      this.#context.onerror = () => {
        this.#failed = true;
      };
    }
    if (!this.#works()) this.#context = null;
  }

  /** Fills `plaintext` whole; false when the frame is damaged or holds another number of bytes. */
  decompressInto(compressed: Uint8Array, plaintext: Uint8Array): boolean {
    const context = this.#context;
    if (context === null) return decompressApart(compressed, plaintext);
    context.reset();
    this.#failed = false;
    const { length } = plaintext;
    context.writeSync(constants.ZSTD_e_end, compressed, 0, compressed.length, plaintext, 0, length);
    return !this.#failed && this.#left[0] === 0 && this.#left[1] === 0;
  }

  #works(): boolean {
    if (this.#context === null) return false;
    const sample = Buffer.from('a sample, a sample, a sample');
    const out = Buffer.alloc(sample.length);
    try {
      const damaged = this.decompressInto(sample, out);
      return !damaged && this.decompressInto(compress(sample), out) && out.equals(sample);
    } catch {
      return false;
    }
  }
}

function decompressApart(compressed: Uint8Array, plaintext: Uint8Array): boolean {
  const bytes = decompress(compressed, plaintext.length);
  if (bytes === null || bytes.length !== plaintext.length) return false;
  plaintext.set(bytes);
  return true;
}
