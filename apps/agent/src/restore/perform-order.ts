import { fchmodSync, fstatSync, ftruncateSync, readSync } from 'node:fs';
import { hash } from 'node:crypto';
import type { RepositoryKey } from '@breakwater/restic-format/crypto';
import { PackSourceReader } from '@breakwater/restic-format/pack-source';
import { BlobOpener } from '@breakwater/restic-format/sealed-blob';
import { openPackFile } from '../store/pack-file.ts';
import { errorCode } from '../posix/error-code.ts';
import { openAt, setTimesOf } from '../posix/libc.ts';
import { applyMetadata, closeQuietly, type MetadataRefusals, NEW_FILE_FLAGS } from './apply-metadata.ts';
import { BirthOwnership, PRIVATE_MODE } from './birth-ownership.ts';
import { type FileTable, FileTableReader } from './file-table.ts';
import {
  BLOB_WIDTH,
  type CompareOrder,
  type ComparedFile,
  type CompareResult,
  type FileError,
  ID_DIGITS,
  PIECE_WIDTH,
  type WriteOrder,
  type WriteResult,
} from './write-order.ts';
import { writeAllAt, writeSparselyAt } from './write-pieces.ts';

/** Does orders one after the other, in memory that it uses again. One for each thread. */
export class OrderPerformer {
  readonly #opener: BlobOpener;
  readonly #reader = new PackSourceReader(openPackFile);
  /** For files that are compared. */
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
    const count = order.blobs.length / BLOB_WIDTH;
    let bytes: Buffer;
    try {
      bytes = this.#reader.read(order.source);
    } catch (error) {
      const reason = reasonOf(error);
      for (let blob = 0; blob < count; blob += 1) result.damaged.push({ blob, reason });
      return result;
    }
    const files = new OrderFiles(order.files, result.errors);
    for (let at = 0; at < count; at += 1) {
      const id = order.ids.slice(at * ID_DIGITS, (at + 1) * ID_DIGITS);
      const first = at * BLOB_WIDTH;
      const offset = order.blobs[first] ?? 0;
      const length = order.blobs[first + 1] ?? 0;
      const plain = order.blobs[first + 2] ?? 0;
      const piece = order.blobs[first + 3] ?? 0;
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

  #compare(order: CompareOrder): CompareResult {
    const refusals: MetadataRefusals = { owners: false, attributes: false };
    const table = new FileTableReader(order.files);
    let first = 0;
    const files = order.counts.map((count, at): ComparedFile => {
      const compared: ComparedFile = { matches: new Uint8Array(count), size: 0, error: null };
      const descriptor = table.descriptor(at);
      try {
        this.#compareFile(descriptor, order, first, compared);
        const metadata = table.metadata(at);
        if (metadata !== null && compared.size === table.size(at) && !compared.matches.includes(0)) {
          applyMetadata(descriptor, metadata, refusals);
        }
      } catch (error) {
        compared.error = { code: errorCode(error) ?? '', message: reasonOf(error) };
      } finally {
        closeQuietly(descriptor);
      }
      first += count;
      return compared;
    });
    return { work: 'compare', files, refusals };
  }

  #compareFile(file: number, order: CompareOrder, first: number, compared: ComparedFile): void {
    compared.size = fstatSync(file).size;
    let offset = 0;
    for (let at = 0; at < compared.matches.length; at += 1) {
      const length = order.lengths[first + at] ?? 0;
      if (offset + length > compared.size) return;
      const id = order.ids.slice((first + at) * ID_DIGITS, (first + at + 1) * ID_DIGITS);
      const space = this.#spaceFor(length);
      const whole = readFully(file, space, offset) === length;
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
  readonly #table: FileTableReader;
  readonly #errors: FileError[];
  /** Descriptors, −1 before the file is made, −2 when it is given up. */
  readonly #open: Int32Array;
  readonly #left: Set<number> = new Set();
  readonly #births = new BirthOwnership();
  /** 1: made with the owner and mode that it is to have. */
  readonly #bornRight: Uint8Array;

  constructor(files: FileTable, errors: FileError[]) {
    this.#table = new FileTableReader(files);
    this.#errors = errors;
    this.#open = new Int32Array(this.#table.count);
    this.#bornRight = new Uint8Array(this.#table.count);
    for (let at = 0; at < this.#open.length; at += 1) {
      this.#open[at] = this.#table.isNew(at) ? -1 : this.#table.descriptor(at);
    }
  }

  write(at: number, bytes: Buffer, offset: number): void {
    const opened = this.#opened(at);
    if (opened < 0) return;
    try {
      if (this.#table.isSparse(at)) writeSparselyAt(opened, bytes, offset);
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
    for (let at = 0; at < this.#open.length; at += 1) {
      const opened = this.#open[at] ?? -1;
      if (opened < 0) continue;
      const metadata = this.#left.has(at) ? null : this.#table.metadata(at);
      if (metadata !== null) {
        try {
          if (this.#table.isSparse(at)) ftruncateSync(opened, this.#table.size(at));
          if (this.#bornRight[at] === 1) setTimesOf(opened, metadata.times);
          else applyMetadata(opened, metadata, refusals);
        } catch (error) {
          this.#fail(at, error, false);
          continue;
        }
      }
      // It has to be opened again for what it lacks, which the mode that it is to have need not allow.
      else if (this.#bornRight[at] === 1) fchmodSync(opened, PRIVATE_MODE);
      if (this.#table.isNew(at)) closeQuietly(opened);
    }
  }

  #opened(at: number): number {
    const known = this.#open[at] ?? -2;
    const name = known === -1 ? this.#table.name(at) : null;
    if (name === null) return known;
    try {
      const folder = this.#table.descriptor(at);
      const wanted = this.#table.ownership(at);
      const mode = this.#births.modeFor(folder, wanted);
      const opened = openAt(folder, name, NEW_FILE_FLAGS, mode);
      this.#open[at] = opened;
      if (this.#births.isRight(folder, opened, mode, wanted)) this.#bornRight[at] = 1;
      return opened;
    } catch (error) {
      this.#fail(at, error, true);
      return -2;
    }
  }

  #fail(at: number, error: unknown, opening: boolean): void {
    const opened = this.#open[at] ?? -1;
    if (opened >= 0 && this.#table.isNew(at)) closeQuietly(opened);
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
