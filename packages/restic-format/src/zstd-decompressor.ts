import { linkedFunctions } from './linked-functions.ts';
import { compress, decompress } from './zstd.ts';

/** zstd's: facebook.github.io/zstd/zstd_manual.html. */
const zstd = linkedFunctions({
  create: 'void *ZSTD_createDCtx()',
  free: 'size_t ZSTD_freeDCtx(void *context)',
  run: 'size_t ZSTD_decompressDCtx(void *context, void *out, size_t room, const void *in, size_t inBytes)',
});

/** Contexts are outside the heap; they go with their decompressor. */
const freed = new FinalizationRegistry<unknown>((context) => {
  zstd?.free(context);
});

/**
 * Decompresses one frame after another with one context into memory at hand: a context of its own for each call
 * (`zstdDecompressSync`) costs 30 µs, and its output as much again for each MiB.
 */
export class ZstdDecompressor {
  /** Null where Node's zstd cannot be reached: then Node's own function is used. */
  readonly #context: unknown;

  constructor() {
    isUsable ??= works();
    const context = isUsable ? (zstd?.create() ?? null) : null;
    if (context !== null) freed.register(this, context);
    this.#context = context;
  }

  /** Whether it works in memory at hand. */
  get isLinked(): boolean {
    return this.#context !== null;
  }

  /** Fills `plaintext` whole; false when the frame is damaged or holds another number of bytes. */
  decompressInto(compressed: Uint8Array, plaintext: Uint8Array): boolean {
    if (this.#context === null || compressed.length === 0 || plaintext.length === 0) {
      return decompressApart(compressed, plaintext);
    }
    return run(this.#context, compressed, plaintext) === plaintext.length;
  }
}

let isUsable: boolean | null = null;

/** Bytes written; a number beyond the room is an error's. */
function run(context: unknown, compressed: Uint8Array, plaintext: Uint8Array): number {
  return Number(zstd?.run(context, plaintext, plaintext.length, compressed, compressed.length));
}

function works(): boolean {
  const context = zstd?.create() ?? null;
  if (context === null) return false;
  const sample = Buffer.from('a sample, a sample, a sample');
  const out = Buffer.alloc(sample.length);
  const length = run(context, compress(sample), out);
  zstd?.free(context);
  return length === sample.length && out.equals(sample);
}

function decompressApart(compressed: Uint8Array, plaintext: Uint8Array): boolean {
  const bytes = decompress(compressed, plaintext.length);
  if (bytes === null || bytes.length !== plaintext.length) return false;
  plaintext.set(bytes);
  return true;
}
