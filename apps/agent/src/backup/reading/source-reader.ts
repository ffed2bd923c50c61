import { closeSync, fstatSync, readSync } from 'node:fs';
import { BlobSealer } from '@breakwater/restic-format/blob-sealer';
import { keyFromClone } from '@breakwater/restic-format/cloned-key';
import { cutWindow } from '@breakwater/restic-format/cut-window';
import { RabinScanner } from '@breakwater/restic-format/rabin-scan';
import { blobId } from '@breakwater/restic-format/sealed-blob';
import { openForReading } from './open-for-reading.ts';
import {
  type Answer,
  type CutAnswer,
  type CutOrder,
  type Order,
  plainError,
  type ReadAnswer,
  type ReadingThreadData,
  type ReadOrder,
  type SealAnswer,
  type SealOrder,
  type SmallFile,
  type SmallFileAnswer,
} from './order.ts';
import { SEALED_BYTES } from './source-memory.ts';

/** Does the orders of a backup, in whichever thread it lives. */
export class SourceReader {
  readonly #memory: Buffer;
  readonly #scanner: RabinScanner;
  readonly #sealer: BlobSealer;

  constructor({ memory, key, version }: ReadingThreadData) {
    this.#memory = Buffer.from(memory.buffer);
    this.#scanner = new RabinScanner(memory);
    this.#sealer = new BlobSealer(keyFromClone(key), version);
  }

  /** Throws only for what no file is to blame for. */
  perform(order: Order): Answer {
    switch (order.order) {
      case 'read':
        return this.#readSmall(order);
      case 'cut':
        return this.#cut(order);
      case 'seal':
        return this.#seal(order);
    }
  }

  #readSmall({ at, files }: ReadOrder): ReadAnswer {
    let next = at;
    const answers = files.map((file) => {
      const answer = this.#readOne(file, next);
      if (answer.got === 'content') next += answer.bytes;
      return answer;
    });
    return { order: 'read', files: answers };
  }

  #readOne({ path, room }: SmallFile, at: number): SmallFileAnswer {
    let file: number | null = null;
    try {
      file = openForReading(typeof path === 'string' ? path : Buffer.from(path));
      const stat = fstatSync(file, { bigint: true });
      const size = Number(stat.size);
      if (!stat.isFile() || size > room || size === 0) return { got: 'other' };
      const bytes = readUpTo(file, this.#memory, at, size, null);
      const { mode, uid, gid, nlink, ino, dev, rdev, atimeNs, mtimeNs, ctimeNs } = stat;
      return {
        got: 'content',
        stat: { mode, uid, gid, size: stat.size, nlink, ino, dev, rdev, atimeNs, mtimeNs, ctimeNs },
        bytes,
        id: bytes === 0 ? '' : blobId(this.#memory.subarray(at, at + bytes)),
      };
    } catch (error) {
      return { got: 'error', error: plainError(error) };
    } finally {
      if (file !== null) closeSync(file);
    }
  }

  #cut({ file, offset, scanned, at, bytes, isLast, expected }: CutOrder): CutAnswer {
    let got: number;
    try {
      got = readUpTo(file, this.#memory, at, bytes, offset);
    } catch (error) {
      return { order: 'cut', error: plainError(error) };
    }
    const ends = isLast || got < bytes;
    const { chunks, rest } = cutWindow(this.#scanner, this.#memory, {
      from: at,
      end: at + got,
      isLast: ends,
      scanned: Math.min(scanned, got),
      expected: new Map(expected),
    });
    return { order: 'cut', chunks, rest, isLast: ends, error: null };
  }

  #seal({ blobs, out }: SealOrder): SealAnswer {
    const answer: SealAnswer = { order: 'seal', lengths: [], uncompressedLengths: [] };
    let at = out;
    for (const blob of blobs) {
      const plaintext = this.#memory.subarray(blob.at, blob.at + blob.length);
      const target = this.#memory.subarray(at, out + SEALED_BYTES);
      const sealed = this.#sealer.sealInto('data', plaintext, blob.id, target);
      answer.lengths.push(sealed.length);
      answer.uncompressedLengths.push(sealed.uncompressedLength);
      at += sealed.length;
    }
    return answer;
  }
}

/** Linux refuses to read more than 4 MiB at once from files below /proc/sys (ENOMEM). */
const READ_BYTES = 1024 * 1024;

/** Fewer bytes only at the file's end. */
function readUpTo(file: number, memory: Buffer, at: number, bytes: number, offset: number | null): number {
  let done = 0;
  while (done < bytes) {
    const wanted = Math.min(bytes - done, READ_BYTES);
    const got = readSync(file, memory, at + done, wanted, offset === null ? null : offset + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}
