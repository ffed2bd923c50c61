import { closeSync, fstatSync, readSync } from 'node:fs';
import { BlobSealer } from '@breakwater/restic-format/blob-sealer';
import { keyFromClone } from '@breakwater/restic-format/cloned-key';
import { cutWindow } from '@breakwater/restic-format/cut-window';
import { RabinScanner, type ScannerMemory } from '@breakwater/restic-format/rabin-scan';
import { blobId } from '@breakwater/restic-format/sealed-blob';
import { openForReading } from './open-for-reading.ts';
import {
  type Answer,
  type CutAnswer,
  type CutOrder,
  type Order,
  type PlainError,
  plainError,
  type ReadAnswer,
  type ReadingThreadData,
  type ReadOrder,
  type SealAnswer,
  type SealOrder,
} from './order.ts';
import type { ReadRecord } from './read-records.ts';
import { recordsOfBatch, SEALED_BYTES } from './source-memory.ts';

/** Does the orders of a backup, in whichever thread it lives. */
export class SourceReader {
  readonly #shared: ScannerMemory;
  readonly #memory: Buffer;
  readonly #scanner: RabinScanner;
  readonly #sealer: BlobSealer;

  constructor({ memory, key, version }: ReadingThreadData) {
    this.#shared = memory;
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

  #readSmall({ at, paths, rooms }: ReadOrder): ReadAnswer {
    const records = recordsOfBatch(this.#shared, at);
    const errors = new Map<number, PlainError>();
    let next = at;
    for (const [n, path] of paths.entries()) {
      try {
        const record = this.#readOne(path, rooms[n] ?? 0, next);
        records.put(n, record);
        if (record.got === 'content') next += record.bytes;
      } catch (error) {
        records.put(n, { got: 'error' });
        errors.set(n, plainError(error));
      }
    }
    return { order: 'read', errors };
  }

  #readOne(path: string | Uint8Array, room: number, at: number): ReadRecord {
    const file = openForReading(typeof path === 'string' ? path : Buffer.from(path));
    try {
      const stat = fstatSync(file, { bigint: true });
      const size = Number(stat.size);
      if (!stat.isFile() || size > room || size === 0) return { got: 'other' };
      const bytes = readUpTo(file, this.#memory, at, size, null);
      const id = bytes === 0 ? '' : blobId(this.#memory.subarray(at, at + bytes));
      return { got: 'content', stat, bytes, id };
    } finally {
      closeSync(file);
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

  #seal({ places, ids, out }: SealOrder): SealAnswer {
    const lengths = new Uint32Array(places.length / 2);
    let at = out;
    for (let n = 0; n < lengths.length; n += 1) {
      const from = places[2 * n] ?? 0;
      const plaintext = this.#memory.subarray(from, from + (places[2 * n + 1] ?? 0));
      const target = this.#memory.subarray(at, out + SEALED_BYTES);
      const id = ids.slice(n * ID_DIGITS, (n + 1) * ID_DIGITS);
      const { length } = this.#sealer.sealInto('data', plaintext, id, target);
      lengths[n] = length;
      at += length;
    }
    return { order: 'seal', lengths };
  }
}

const ID_DIGITS = 64;

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
