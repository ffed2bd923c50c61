import { constants, type createZstdCompress, type createZstdDecompress } from 'node:zlib';

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

/** The context inside a stream, which compresses or decompresses frame after frame into memory at hand. */
export class ZstdContext {
  readonly #native: NativeContext;
  /** Bytes of output and of input that the last call left over. */
  readonly #left: Uint32Array;
  #failed = false;

  private constructor(native: NativeContext, left: Uint32Array) {
    this.#native = native;
    this.#left = left;
    // The stream's own answer to an error would be to destroy itself, and the context with it.
    native.onerror = () => {
      this.#failed = true;
    };
  }

  /** Null where Node has no such thing inside any more. */
  static inside(
    stream: ReturnType<typeof createZstdCompress> | ReturnType<typeof createZstdDecompress>,
  ): ZstdContext | null {
    const { _handle: native, _writeState: left } = stream as unknown as {
      _handle?: NativeContext;
      _writeState?: Uint32Array;
    };
    return native === undefined || left === undefined ? null : new ZstdContext(native, left);
  }

  /** Whether the last call was answered with an error; after one, a context reports nothing else until `reset`. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Works through all of `input`; returns the room left over in `output`, or null when that did not do. */
  run(input: Uint8Array, output: Uint8Array): number | null {
    this.#failed = false;
    this.#native.writeSync(constants.ZSTD_e_end, input, 0, input.length, output, 0, output.length);
    return this.#failed || this.#left[1] !== 0 ? null : (this.#left[0] ?? 0);
  }

  /** What was broken off goes on no more. */
  reset(): void {
    this.#native.reset();
  }
}
