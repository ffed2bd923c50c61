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

interface Context {
  native: NativeContext;
  /** Bytes of output and of input that the last call left over. */
  left: Uint32Array;
  failed: boolean;
}

/**
 * Decompresses one frame after another with one context into memory at hand: a context of its own for each call
 * (`zstdDecompressSync`) costs 30 µs, and its output as much again for each MiB.
 */
export class ZstdDecompressor {
  /** Null where Node has no such thing inside any more: then its public function is used. */
  #context: Context | null = openContext();

  /** Fills `plaintext` whole; false when the frame is damaged or holds another number of bytes. */
  decompressInto(compressed: Uint8Array, plaintext: Uint8Array): boolean {
    const context = this.#context;
    if (context === null) return decompressApart(compressed, plaintext);
    if (run(context, compressed, plaintext)) return true;
    // After an error a context reports nothing else.
    if (context.failed) this.#context = openContext();
    return false;
  }
}

let isUsable: boolean | null = null;

function openContext(): Context | null {
  isUsable ??= works();
  return isUsable ? newContext() : null;
}

function newContext(): Context | null {
  const inside = createZstdDecompress() as unknown as { _handle?: NativeContext; _writeState?: Uint32Array };
  if (inside._handle === undefined || inside._writeState === undefined) return null;
  const context: Context = { native: inside._handle, left: inside._writeState, failed: false };
  // The stream's own answer to an error would be to destroy itself, and the context with it.
  context.native.onerror = () => {
    context.failed = true;
  };
  return context;
}

function run(context: Context, compressed: Uint8Array, plaintext: Uint8Array): boolean {
  const { native, left } = context;
  native.reset();
  native.writeSync(constants.ZSTD_e_end, compressed, 0, compressed.length, plaintext, 0, plaintext.length);
  return !context.failed && left[0] === 0 && left[1] === 0;
}

/** Whether what is not documented does what it did. */
function works(): boolean {
  try {
    const [good, bad] = [newContext(), newContext()];
    if (good === null || bad === null) return false;
    const sample = Buffer.from('a sample, a sample, a sample');
    const out = Buffer.alloc(sample.length);
    const frame = compress(sample);
    for (let time = 0; time < 2; time += 1) {
      out.fill(0);
      if (!run(good, frame, out) || !out.equals(sample)) return false;
    }
    return !run(good, frame, out.subarray(1)) && !run(bad, sample, out) && bad.failed;
  } catch {
    return false;
  }
}

function decompressApart(compressed: Uint8Array, plaintext: Uint8Array): boolean {
  const bytes = decompress(compressed, plaintext.length);
  if (bytes === null || bytes.length !== plaintext.length) return false;
  plaintext.set(bytes);
  return true;
}
