import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { hash } from 'node:crypto';
import type { RepositoryKey } from '@breakwater/restic-format/crypto';
import { BlobOpener } from '@breakwater/restic-format/sealed-blob';
import { errorCode } from '../posix/error-code.ts';
import { openAt } from '../posix/libc.ts';
import { applyMetadata, closeQuietly, NEW_FILE_FLAGS } from './apply-metadata.ts';
import {
  BLOB_WIDTH,
  type CompareOrder,
  type ComparedFile,
  type CompareResult,
  type FileError,
  type MetadataRefusals,
  type OrderedFile,
  PIECE_WIDTH,
  type WriteOrder,
  type WriteResult,
} from './write-order.ts';
import { writeAllAt, writeSparselyAt } from './write-pieces.ts';

/** Does orders one after the other, in memory that it uses again. One for each thread. */
export class OrderPerformer {
  readonly #opener: BlobOpener;
  #space = Buffer.alloc(0);

  constructor(key: RepositoryKey) {
    this.#opener = new BlobOpener(key);
  }

  /** Never throws: each blob and file has its own error. */
  perform(order: WriteOrder | CompareOrder): WriteResult | CompareResult {
    return order.work === 'write' ? this.#write(order) : this.#compare(order);
  }

  #write(order: WriteOrder): WriteResult {
    const refusals: MetadataRefusals = { owners: false, attributes: false };
    const result: WriteResult = { work: 'write', damaged: [], errors: [], refusals };
    let bytes: Buffer;
    try {
      bytes = this.#bytesOf(order.source);
    } catch (error) {
      const reason = reasonOf(error);
      for (const blob of order.ids.keys()) result.damaged.push({ blob, reason });
      return result;
    }
    const files = new OrderFiles(order.files, result.errors);
    for (const [at, id] of order.ids.entries()) {
      const first = at * BLOB_WIDTH;
      const [offset = 0, length = 0, plain = 0, piece = 0] = order.blobs.subarray(first, first + BLOB_WIDTH);
      const nextPiece = order.blobs[first + BLOB_WIDTH + 3] ?? order.pieces.length / PIECE_WIDTH;
      const sealed = bytes.subarray(offset, offset + length);
      const uncompressedLength = plain < 0 ? null : plain;
      const opened = this.#opener.open(sealed, { type: 'data', id, uncompressedLength });
      if (!opened.ok) result.damaged.push({ blob: at, reason: opened.reason });
      for (let one = piece; one < nextPiece; one += 1) {
        const file = order.pieces[one * PIECE_WIDTH] ?? 0;
        if (opened.ok) files.write(file, opened.plaintext, order.pieces[one * PIECE_WIDTH + 1] ?? 0);
        else files.leave(file);
      }
    }
    files.finish(refusals);
    return result;
  }

  #bytesOf(source: WriteOrder['source']): Buffer {
    if (source instanceof Uint8Array) {
      return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    }
    const space = this.#spaceFor(source.length);
    const file = openSync(source.path, 'r');
    try {
      if (readFully(file, space, source.offset) < source.length) throw new Error('it is too short');
      return space;
    } finally {
      closeSync(file);
    }
  }

  #compare(order: CompareOrder): CompareResult {
    const refusals: MetadataRefusals = { owners: false, attributes: false };
    const files = order.files.map((file): ComparedFile => {
      const compared: ComparedFile = { matches: new Uint8Array(file.ids.length), size: 0, error: null };
      try {
        this.#compareFile(file, compared);
        const expected = file.lengths.reduce((sum, length) => sum + length, 0);
        if (file.metadata !== null && compared.size === expected && !compared.matches.includes(0)) {
          applyMetadata(file.descriptor, file.metadata, refusals);
        }
      } catch (error) {
        compared.error = { code: errorCode(error) ?? '', message: reasonOf(error) };
      } finally {
        closeQuietly(file.descriptor);
      }
      return compared;
    });
    return { work: 'compare', files, refusals };
  }

  #compareFile(file: CompareOrder['files'][number], compared: ComparedFile): void {
    compared.size = fstatSync(file.descriptor).size;
    let offset = 0;
    for (const [at, id] of file.ids.entries()) {
      const length = file.lengths[at] ?? 0;
      if (offset + length > compared.size) return;
      const space = this.#spaceFor(length);
      const whole = readFully(file.descriptor, space, offset) === length;
      if (whole && hash('sha256', space, 'hex') === id) compared.matches[at] = 1;
      offset += length;
    }
  }

  #spaceFor(bytes: number): Buffer {
    if (bytes > this.#space.length) this.#space = Buffer.allocUnsafeSlow(bytes);
    return this.#space.subarray(0, bytes);
  }
}

/** The files of one order: opened when first written, finished when all is written. */
class OrderFiles {
  readonly #files: readonly OrderedFile[];
  readonly #errors: FileError[];
  /** Descriptors, −1 before the file is made, −2 when it is given up. */
  readonly #open: Int32Array;
  readonly #left: Set<number> = new Set();

  constructor(files: readonly OrderedFile[], errors: FileError[]) {
    this.#files = files;
    this.#errors = errors;
    this.#open = Int32Array.from(files, ({ name, descriptor }) => (name === null ? descriptor : -1));
  }

  write(at: number, bytes: Buffer, offset: number): void {
    const file = this.#files[at];
    if (file === undefined) return;
    const opened = this.#opened(at, file);
    if (opened < 0) return;
    try {
      if (file.sparse) writeSparselyAt(opened, bytes, offset);
      else writeAllAt(opened, bytes, offset);
    } catch (error) {
      this.#fail(at, error, false);
    }
  }

  /** A piece of it is not to be had: it stays unfinished. */
  leave(at: number): void {
    this.#left.add(at);
  }

  finish(refusals: MetadataRefusals): void {
    for (const [at, file] of this.#files.entries()) {
      const opened = this.#open[at] ?? -1;
      if (opened >= 0 && file.metadata !== null && !this.#left.has(at)) {
        try {
          if (file.sparse) ftruncateSync(opened, file.size);
          applyMetadata(opened, file.metadata, refusals);
        } catch (error) {
          this.#fail(at, error, false);
        }
      }
      if (file.name !== null) closeQuietly(opened < 0 ? undefined : opened);
    }
  }

  #opened(at: number, file: OrderedFile): number {
    const known = this.#open[at] ?? -2;
    if (known !== -1 || file.name === null) return known;
    try {
      const opened = openAt(file.descriptor, file.name, NEW_FILE_FLAGS, 0o600);
      this.#open[at] = opened;
      return opened;
    } catch (error) {
      this.#fail(at, error, true);
      return -2;
    }
  }

  #fail(at: number, error: unknown, opening: boolean): void {
    const opened = this.#open[at] ?? -1;
    if (this.#files[at]?.name !== null) closeQuietly(opened < 0 ? undefined : opened);
    this.#open[at] = -2;
    this.#errors.push({ file: at, code: errorCode(error) ?? '', message: reasonOf(error), opening });
  }
}

/** Bytes read, less than asked for only at the end of the file. */
function readFully(file: number, space: Buffer, offset: number): number {
  let done = 0;
  while (done < space.length) {
    const read = readSync(file, space, done, space.length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
