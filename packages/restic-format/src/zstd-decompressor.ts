import { createZstdDecompress } from 'node:zlib';
import { compress, decompress } from './zstd.ts';
import { ZstdContext } from './zstd-context.ts';

/**
 * Decompresses one frame after another with one context into memory at hand: a context of its own for each call
 * (`zstdDecompressSync`) costs 30 µs, and its output as much again for each MiB.
 */
export class ZstdDecompressor {
  /** Null where Node has no such thing inside any more: then its public function is used. */
  #context = openContext();

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

function openContext(): ZstdContext | null {
  isUsable ??= works();
  return isUsable ? newContext() : null;
}

function newContext(): ZstdContext | null {
  return ZstdContext.inside(createZstdDecompress());
}

function run(context: ZstdContext, compressed: Uint8Array, plaintext: Uint8Array): boolean {
  context.reset();
  return context.run(compressed, plaintext) === 0;
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
