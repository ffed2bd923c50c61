import { type BlobLocation, plaintextLength } from '@breakwater/restic-format/blob';
import { asFailure } from '@breakwater/domain/failure';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { removeFileAt } from '../posix/libc.ts';
import { addRefusals, applyMetadata, metadataOf } from './apply-metadata.ts';
import type { Destination, FileInWork } from './file-in-work.ts';
import { OpenFiles } from './open-files.ts';
import type { PlannedBlob, PlannedRead } from './plan-orders.ts';
import { isDamage, noteWriteError, type RestoreJob } from './restore-job.ts';
import { BLOB_WIDTH, PIECE_WIDTH, type WriteOrder, type WriteResult } from './write-order.ts';
import { writeAllAt } from './write-pieces.ts';

interface OrderInHand {
  order: WriteOrder;
  blobs: PlannedBlob[];
  /** As in the order, with the number of pieces each has in it. */
  files: { file: FileInWork; pieces: number }[];
}

/** Brings planned blobs into their files, and files to their end: done, kept, skipped or failed. */
export class FileWriter {
  readonly #job: RestoreJob;
  readonly #open: OpenFiles;
  /** Made in the target and not whole yet. */
  readonly #unfinished = new Set<FileInWork>();

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#open = new OpenFiles(job.folders);
  }

  /** Reads a stretch of a pack and writes what of it is still wanted. Throws only what ends the restore. */
  async write(read: PlannedRead): Promise<void> {
    const { repository, pool, signal, refusals, dryRun } = this.#job;
    const blobs = read.blobs.filter(({ places }) => places.some(({ file }) => file.state === 'open'));
    if (blobs.length === 0) return;
    if (dryRun) return this.#pretend(blobs);
    const { packId, offset, length } = read;
    let source: WriteOrder['source'];
    const path = repository.store.pathOf?.('data', packId);
    if (path !== undefined) {
      source = { path, offset, length };
    } else {
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
      this.#unpin(inHand);
    }
    addRefusals(refusals, result.refusals);
    await this.#settle(inHand, result);
  }

  /** All of the file is there. */
  finish(file: FileInWork): void {
    const { dryRun, refusals, counters, onItem } = this.#job;
    if (file.state !== 'open') return;
    try {
      if (!dryRun) {
        applyMetadata(this.#open.open(file), metadataOf(file.node), refusals);
        this.#open.close(file);
      }
    } catch (error) {
      this.giveUp(file, error);
      return;
    }
    file.state = 'done';
    this.#unfinished.delete(file);
    counters.filesDone += 1;
    onItem(file.updating ? 'updated' : 'restored', file.path, file.size);
  }

  /** The file in the target is right as it is. */
  keep(file: FileInWork): void {
    file.state = 'done';
    this.#job.counters.filesUnchanged += 1;
    this.#job.counters.bytesUnchanged += file.size;
    this.#job.onItem('unchanged', file.path, file.size);
  }

  /** The file in the target is not to be touched. */
  skip(file: FileInWork): void {
    const { counters, onItem } = this.#job;
    file.state = 'done';
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

  #prepare(source: WriteOrder['source'], base: number, planned: PlannedBlob[]): OrderInHand {
    const places = new Map<FileInWork, { at: number; pieces: number }>();
    const inHand: OrderInHand = {
      order: {
        work: 'write',
        source,
        ids: planned.map(({ id }) => id),
        blobs: new Float64Array(planned.length * BLOB_WIDTH),
        pieces: new Float64Array(0),
        files: [],
      },
      blobs: planned,
      files: [],
    };
    const pieces: number[] = [];
    for (const [at, { location, places: wanted }] of planned.entries()) {
      const plain = location.uncompressedLength ?? -1;
      inHand.order.blobs.set(
        [location.offset - base, location.length, plain, pieces.length / PIECE_WIDTH],
        at * BLOB_WIDTH,
      );
      for (const { file, offset } of wanted) {
        if (file.state !== 'open') continue;
        let known = places.get(file);
        if (known === undefined) {
          known = { at: inHand.files.length, pieces: 0 };
          places.set(file, known);
          inHand.files.push({ file, pieces: 0 });
        }
        const entry = inHand.files[known.at];
        if (entry !== undefined) entry.pieces += 1;
        pieces.push(known.at, offset);
      }
    }
    inHand.order.pieces = Float64Array.from(pieces);
    this.#openAll(inHand);
    return inHand;
  }

  #openAll({ order, files }: OrderInHand): void {
    const { folders, sparse } = this.#job;
    for (const { file, pieces } of files) {
      const whole = pieces === file.missing;
      const isNew = whole && !file.made && !file.updating;
      const { size } = file;
      const metadata = whole ? metadataOf(file.node) : null;
      let descriptor = -1;
      try {
        descriptor = isNew ? folders.pin(file.folder) : this.#open.pin(file);
        if (!file.updating) this.#unfinished.add(file);
      } catch (error) {
        this.giveUp(file, error);
      }
      order.files.push({
        descriptor,
        name: isNew ? file.name : null,
        metadata,
        size,
        sparse: sparse && !file.updating,
      });
    }
  }

  #unpin({ order, files }: OrderInHand): void {
    for (const [at, { file }] of files.entries()) {
      const ordered = order.files[at];
      if (ordered === undefined || ordered.descriptor < 0) continue;
      if (ordered.name === null) this.#open.unpin(file);
      else this.#job.folders.unpin(file.folder);
    }
  }

  async #settle({ order, blobs, files }: OrderInHand, result: WriteResult): Promise<void> {
    const { counters, onItem } = this.#job;
    for (const { file: at, code, message, opening } of result.errors) {
      const file = files[at]?.file;
      if (file === undefined) continue;
      if (order.files[at]?.name !== null && !opening) file.made = true;
      this.giveUp(file, Object.assign(new Error(message), { code }));
    }
    const damaged = result.damaged.map(({ blob }) => blobs[blob]).filter((blob) => blob !== undefined);
    const missing = new Map<FileInWork, number>();
    for (const { places } of damaged) {
      for (const { file } of places) missing.set(file, (missing.get(file) ?? 0) + 1);
    }
    for (const [at, { file, pieces }] of files.entries()) {
      if (file.state !== 'open') continue;
      const ordered = order.files[at];
      const lost = missing.get(file) ?? 0;
      if (ordered?.name !== null && lost < pieces) file.made = true;
      file.missing -= pieces - lost;
      if (file.missing > 0) continue;
      if (ordered?.metadata === null || ordered === undefined) this.finish(file);
      else {
        this.#open.close(file);
        file.state = 'done';
        this.#unfinished.delete(file);
        counters.filesDone += 1;
        onItem(file.updating ? 'updated' : 'restored', file.path, file.size);
      }
    }
    counters.currentFile = files.at(-1)?.file.path ?? counters.currentFile;
    for (const blob of blobs) counters.bytesDone += plaintextLength(blob.location) * blob.places.length;
    for (const blob of damaged) {
      counters.bytesDone -= plaintextLength(blob.location) * blob.places.length;
      await this.#readApart(blob);
    }
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
    this.#job.counters.bytesDone += plaintext.length;
    file.missing -= 1;
    if (file.missing === 0) this.finish(file);
  }

  #pretend(blobs: readonly PlannedBlob[]): void {
    for (const { location, places } of blobs) {
      for (const { file } of places) {
        this.#job.counters.bytesDone += plaintextLength(location);
        file.missing -= 1;
        if (file.missing === 0) this.finish(file);
      }
    }
  }

  /** Takes away what was written of a file that cannot become whole: half a file looks like a file. */
  #drop(file: FileInWork): void {
    file.state = 'failed';
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
function ownMemory(source: WriteOrder['source']): ArrayBuffer[] {
  if (!(source instanceof Uint8Array) || !(source.buffer instanceof ArrayBuffer)) return [];
  return source.byteLength === source.buffer.byteLength ? [source.buffer] : [];
}
