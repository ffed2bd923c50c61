import type { OpenPackFile, PackFile, PackStore } from './pack-store.ts';

/** Bytes of a pack, as they go to threads: at hand, or where on this machine to read them. */
export type PackSource = Uint8Array | PackFileSource;

export interface PackFileSource {
  path: string;
  offset: number;
  length: number;
}

/** Where a pack's bytes lie on this machine; null where they have to be fetched. */
export function fileSourceOf(
  { packFiles }: PackStore,
  packId: string,
  { offset, length }: { offset: number; length: number },
): PackFileSource | null {
  return packFiles === undefined ? null : { path: packFiles.pathOf(packId), offset, length };
}

/** What opens the files of a store, from `PackFiles.module`; null for a store that has none. */
export async function loadPackFileOpener(module: string | null): Promise<OpenPackFile | null> {
  if (module === null) return null;
  return ((await import(module)) as { openPackFile: OpenPackFile }).openPackFile;
}

/** Reads sources one after the other, into memory that it uses again. */
export class PackSourceReader {
  readonly #open: OpenPackFile | null;
  #space = Buffer.alloc(0);

  constructor(open: OpenPackFile | null) {
    this.#open = open;
  }

  /** All of it, good until the next call. Throws the system's error, or that there is less. */
  read(source: PackSource): Buffer {
    return this.inParts(source, (part) => part(0, source.length));
  }

  /** As `read`, to the beginning of `space`; what is at hand stays where it is. */
  readInto(source: PackSource, space: Uint8Array): Uint8Array {
    if (source instanceof Uint8Array) return source;
    const file = this.#opened(source);
    try {
      const bytes = space.subarray(0, source.length);
      file.read(bytes, source.offset);
      return bytes;
    } finally {
      file.close();
    }
  }

  /**
   * Opens the source while `work` asks for parts of it, each good until the next; `size` is that of the whole file,
   * or of the bytes at hand. A part beyond the end of what is at hand is shorter, beyond the end of a file an error.
   */
  inParts<Result>(
    source: PackSource,
    work: (part: (from: number, to: number) => Buffer, size: number) => Result,
  ): Result {
    if (source instanceof Uint8Array) {
      const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
      return work((from, to) => bytes.subarray(from, to), bytes.length);
    }
    const file = this.#opened(source);
    try {
      const part = (from: number, to: number): Buffer => {
        const space = this.#spaceFor(to - from);
        file.read(space, source.offset + from);
        return space;
      };
      return work(part, file.size);
    } finally {
      file.close();
    }
  }

  #opened({ path }: PackFileSource): PackFile {
    if (this.#open === null) throw new Error('nothing here opens files');
    return this.#open(path);
  }

  #spaceFor(bytes: number): Buffer {
    if (bytes > this.#space.length) this.#space = Buffer.allocUnsafeSlow(bytes);
    return this.#space.subarray(0, bytes);
  }
}
