import { type BlobLocation, plaintextLength } from '@breakwater/restic-format/blob';
import { asFailure } from '@breakwater/domain/failure';
import { fileSourceOf, type PackSource } from '@breakwater/restic-format/pack-source';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { removeFileAt } from '../posix/libc.ts';
import { addRefusals, applyMetadata, metadataOf } from './apply-metadata.ts';
import type { Destination, FileInWork } from './file-in-work.ts';
import { packFiles, type TableFile } from './file-table.ts';
import { OpenFiles } from './open-files.ts';
import type { PlannedBlob, PlannedRead } from './plan-orders.ts';
import { isDamage, noteWriteError, type RestoreJob } from './restore-job.ts';
import { BLOB_WIDTH, PIECE_WIDTH, type WriteOrder, type WriteResult } from './write-order.ts';
import { writeAllAt } from './write-pieces.ts';

interface FileInOrder {
  file: FileInWork;
  /** Pieces it has in the order. */
  pieces: number;
  /** All that it lacks is in the order. */
  whole: boolean;
  /** The thread makes it. */
  isNew: boolean;
  /** What is pinned for it; none when it could not be opened. */
  pinned: boolean;
}

interface OrderInHand {
  order: WriteOrder;
  blobs: PlannedBlob[];
  /** As in the order. */
  files: FileInOrder[];
}

/** Brings planned blobs into their files, and files to their end: done, kept, skipped or failed. */
export class FileWriter {
  readonly #job: RestoreJob;
  readonly #open: OpenFiles;
  /** Made in the target and not whole yet. */
  readonly #unfinished = new Set<FileInWork>();
  /** The one that is told to be in work. */
  #shown: FileInWork | null = null;

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#open = new OpenFiles(job.folders);
  }

  /** Reads a stretch of a pack and writes what of it is still wanted. Throws only what ends the restore. */
  async write(read: PlannedRead): Promise<void> {
    const { repository, pool, signal, refusals, dryRun } = this.#job;
    const blobs = read.blobs.filter(({ places }) => places.some(({ file }) => file.state === 'open'));
    if (blobs.length === 0) return;
    this.#show(blobs);
    if (dryRun) return this.#pretend(blobs);
    const { packId, offset, length } = read;
    let source: PackSource | null = fileSourceOf(repository.store, packId, { offset, length });
    if (source === null) {
      try {
        source = await repository.store.read('data', packId, { offset, length }, signal);
      } catch (error) {
        throwIfCancelled(signal);
        if (!isDamage(error)) throw error;
        for (const blob of blobs) await this.#readApart(blob);
        return;
      }
    }
    const inHand = this.#prepare(source, read.offset, blobs);
    let result: WriteResult;
    try {
      result = await pool.perform(inHand.order, length, ownMemory(source));
    } finally {
      this.#unpin(inHand.files);
    }
    addRefusals(refusals, result.refusals);
    await this.#settle(inHand, result);
  }

  /** So many more bytes of the file are there. They count no more when the file is dropped. */
  count(file: FileInWork, bytes: number): void {
    file.counted += bytes;
    this.#job.counters.bytesDone += bytes;
  }

  /** All of the file is there. */
  finish(file: FileInWork): void {
    const { dryRun, refusals } = this.#job;
    if (file.state !== 'open') return;
    try {
      if (!dryRun) applyMetadata(this.#open.open(file), metadataOf(file.node), refusals);
    } catch (error) {
      this.giveUp(file, error);
      return;
    }
    this.#end(file);
  }

  /** The file in the target is right as it is. */
  keep(file: FileInWork): void {
    file.state = 'done';
    file.kept = true;
    this.#job.counters.filesUnchanged += 1;
    this.#job.counters.bytesUnchanged += file.size;
    this.#job.onItem('unchanged', file.path, file.size);
  }

  /** The file in the target is not to be touched. */
  skip(file: FileInWork): void {
    const { counters, onItem } = this.#job;
    file.state = 'done';
    file.kept = true;
    counters.filesSkipped += 1;
    counters.bytesSkipped += file.size;
    counters.exempt.add(file.path);
    onItem('unchanged', file.path, file.size);
  }

  /** Its content is not to be had. */
  fail(file: FileInWork, message: string): void {
    if (file.state !== 'open') return;
    const half = file.updating ? '; what was there before is partly overwritten' : '';
    this.#drop(file);
    this.#job.issues.add(file.path, 'restore', 'damaged', `${message}${half}`);
  }

  /** It cannot be written. */
  giveUp(file: FileInWork, error: unknown): void {
    if (file.state !== 'open') return;
    this.#drop(file);
    noteWriteError(this.#job, file.path, error);
  }

  abandon(remove: boolean): void {
    if (remove) for (const file of [...this.#unfinished]) this.#drop(file);
    this.#open.closeAll();
  }

  #prepare(source: PackSource, base: number, planned: PlannedBlob[]): OrderInHand {
    const known = new Map<FileInWork, number>();
    const files: FileInOrder[] = [];
    const blobs = new Float64Array(planned.length * BLOB_WIDTH);
    const pieces: number[] = [];
    for (const [at, { location, places }] of planned.entries()) {
      const first = at * BLOB_WIDTH;
      blobs[first] = location.offset - base;
      blobs[first + 1] = location.length;
      blobs[first + 2] = location.uncompressedLength ?? -1;
      blobs[first + 3] = pieces.length / PIECE_WIDTH;
      for (const { file, offset } of places) {
        if (file.state !== 'open') continue;
        let number = known.get(file);
        if (number === undefined) {
          number = files.length;
          known.set(file, number);
          files.push({ file, pieces: 0, whole: false, isNew: false, pinned: false });
        }
        const inOrder = files[number];
        if (inOrder !== undefined) inOrder.pieces += 1;
        pieces.push(number, offset);
      }
    }
    const order: WriteOrder = {
      work: 'write',
      source,
      ids: planned.map(({ id }) => id).join(''),
      blobs,
      pieces: Float64Array.from(pieces),
      files: packFiles(files.map((inOrder) => this.#openFor(inOrder))),
    };
    return { order, blobs: planned, files };
  }

  #openFor(inOrder: FileInOrder): TableFile {
    const { file, pieces } = inOrder;
    inOrder.whole = pieces === file.missing;
    inOrder.isNew = inOrder.whole && !file.made && !file.updating;
    let descriptor = -1;
    try {
      descriptor = inOrder.isNew ? this.#job.folders.pin(file.folder) : this.#open.pin(file);
      inOrder.pinned = true;
      if (!file.updating) this.#unfinished.add(file);
    } catch (error) {
      this.giveUp(file, error);
    }
    return {
      descriptor,
      name: inOrder.isNew && inOrder.pinned ? file.name : null,
      node: inOrder.whole ? file.node : null,
      size: file.size,
      sparse: this.#job.sparse && !file.updating,
    };
  }

  #unpin(files: readonly FileInOrder[]): void {
    for (const { file, isNew, pinned } of files) {
      if (!pinned) continue;
      if (isNew) this.#job.folders.unpin(file.folder);
      else this.#open.unpin(file);
    }
  }

  async #settle({ blobs, files }: OrderInHand, result: WriteResult): Promise<void> {
    for (const { file: at, code, message, opening } of result.errors) {
      const inOrder = files[at];
      if (inOrder === undefined) continue;
      if (inOrder.isNew && !opening) inOrder.file.made = true;
      this.giveUp(inOrder.file, Object.assign(new Error(message), { code }));
    }
    const damaged = new Set(
      result.damaged.map(({ blob }) => blobs[blob]).filter((blob) => blob !== undefined),
    );
    const lost = new Map<FileInWork, number>();
    for (const blob of blobs) {
      const isLost = damaged.has(blob);
      for (const { file } of blob.places) {
        if (isLost) lost.set(file, (lost.get(file) ?? 0) + 1);
        else if (file.state === 'open') this.count(file, plaintextLength(blob.location));
      }
    }
    for (const { file, pieces, whole, isNew } of files) {
      if (file.state !== 'open') continue;
      const written = pieces - (lost.get(file) ?? 0);
      if (isNew && written > 0) file.made = true;
      file.missing -= written;
      if (file.missing > 0) continue;
      if (whole) this.#end(file);
      else this.finish(file);
    }
    for (const blob of damaged) await this.#readApart(blob);
  }

  /** Of the files that this is for, the largest: it takes longest. One that is larger still stays until it is whole. */
  #show(blobs: readonly PlannedBlob[]): void {
    let shown = this.#shown?.state === 'open' ? this.#shown : null;
    for (const { places } of blobs) {
      for (const { file } of places) {
        if (file.state === 'open' && (shown === null || file.size > shown.size)) shown = file;
      }
    }
    this.#shown = shown;
    this.#job.counters.currentFile = shown?.path ?? null;
  }

  #end(file: FileInWork): void {
    this.#open.close(file);
    file.state = 'done';
    this.#unfinished.delete(file);
    this.#job.counters.filesDone += 1;
    this.#job.onItem(file.updating ? 'updated' : 'restored', file.path, file.size);
  }

  /** A blob may lie in a second pack; if not, the files that need it are lost, and only they. */
  async #readApart({ id, location, places }: PlannedBlob): Promise<void> {
    const { repository, signal } = this.#job;
    let plaintext: Buffer;
    try {
      plaintext = await repository.loadBlob('data', id, signal);
    } catch (error) {
      throwIfCancelled(signal);
      if (!isDamage(error)) throw error;
      for (const { file } of places) this.fail(file, damageOf(location, id, asFailure(error).message));
      return;
    }
    for (const place of places) this.#writePiece(place, plaintext);
  }

  #writePiece({ file, offset }: Destination, plaintext: Buffer): void {
    if (file.state !== 'open') return;
    try {
      this.#unfinished.add(file);
      writeAllAt(this.#open.open(file), plaintext, offset);
    } catch (error) {
      this.giveUp(file, error);
      return;
    }
    this.count(file, plaintext.length);
    file.missing -= 1;
    if (file.missing === 0) this.finish(file);
  }

  #pretend(blobs: readonly PlannedBlob[]): void {
    for (const { location, places } of blobs) {
      for (const { file } of places) {
        if (file.state !== 'open') continue;
        this.count(file, plaintextLength(location));
        file.missing -= 1;
        if (file.missing === 0) this.finish(file);
      }
    }
  }

  /** Takes away what was written of a file that cannot become whole: half a file looks like a file. */
  #drop(file: FileInWork): void {
    file.state = 'failed';
    this.#job.counters.bytesDone -= file.counted;
    file.counted = 0;
    this.#unfinished.delete(file);
    this.#open.close(file);
    this.#job.counters.exempt.add(file.path);
    if (!file.made) return;
    try {
      removeFileAt(this.#job.folders.open(file.folder), file.name);
    } catch {
      // Its folder cannot be opened any more, so there is nothing we could remove.
    }
  }
}

function damageOf({ packId }: BlobLocation, id: string, message: string): string {
  return message.includes(packId) && message.includes(id)
    ? message
    : `Pack ${packId} is damaged at data blob ${id}: ${message}`;
}

/** Memory that may be given to a thread: whole, and nobody else's. */
function ownMemory(source: PackSource): ArrayBuffer[] {
  if (!(source instanceof Uint8Array) || !(source.buffer instanceof ArrayBuffer)) return [];
  return source.byteLength === source.buffer.byteLength ? [source.buffer] : [];
}
