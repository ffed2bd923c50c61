import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PackStore } from './pack-store.ts';

/** Bytes of a pack, as they go to threads: at hand, or where on this machine to read them. */
export type PackSource = Uint8Array | PackFileSource;

export interface PackFileSource {
  path: string;
  offset: number;
  length: number;
}

/** Where a pack's bytes lie on this machine; null where they have to be fetched. */
export function fileSourceOf(
  store: PackStore,
  packId: string,
  { offset, length }: { offset: number; length: number },
): PackFileSource | null {
  const path = store.pathOf?.('data', packId);
  return path === undefined ? null : { path, offset, length };
}

/** Reads sources one after the other, into memory that it uses again. */
export class PackSourceReader {
  #space = Buffer.alloc(0);

  /** All of it, good until the next call. Throws the system's error, or that there is less. */
  read(source: PackSource): Buffer {
    return this.inParts(source, (part) => part(0, source.length));
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
    const file = openSync(source.path, 'r');
    try {
      const part = (from: number, to: number): Buffer => {
        const space = this.#spaceFor(to - from);
        readFully(file, space, source.offset + from);
        return space;
      };
      return work(part, fstatSync(file).size);
    } finally {
      closeSync(file);
    }
  }

  #spaceFor(bytes: number): Buffer {
    if (bytes > this.#space.length) this.#space = Buffer.allocUnsafeSlow(bytes);
    return this.#space.subarray(0, bytes);
  }
}

function readFully(file: number, space: Buffer, offset: number): void {
  for (let done = 0; done < space.length; ) {
    const read = readSync(file, space, done, space.length - done, offset + done);
    if (read === 0) throw new Error('it is too short');
    done += read;
  }
}
