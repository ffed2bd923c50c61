import { closeSync, writeSync } from 'node:fs';
import { type BlobLocation, plaintextLength } from '@breakwater/restic-format/blob';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { asFailure } from '@breakwater/domain/failure';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { openAt } from '../posix/libc.ts';
import { applyMetadata, closeQuietly, NEW_FILE_FLAGS, SAME_FILE_FLAGS } from './apply-metadata.ts';
import { moveInto, removeQuietly, temporaryName } from './place.ts';
import { isDamage, noteWriteError, type RestoreJob } from './restore-job.ts';
import type { TargetFolder } from './target-folder.ts';

/** A regular file on its way. */
export interface RestoredFile {
  readonly folder: TargetFolder;
  readonly name: Buffer;
  /** Inside the snapshot, a raw string. */
  readonly path: string;
  readonly node: TreeNode;
  state: 'open' | 'done' | 'failed';
}

interface FileInWork extends RestoredFile {
  /** The name it has until it is whole. */
  readonly workName: Buffer;
  created: boolean;
  /** Pieces not written yet, those not yet asked for included. */
  missing: number;
}

interface Destination {
  file: FileInWork;
  offset: number;
}

/** Bytes and files planned before packs are read: more finds more of a pack's blobs in one read. */
const BATCH_BYTES = 512 * 1024 * 1024;
const BATCH_FILES = 20_000;
const PACKS_IN_FLIGHT = 4;
const MAX_OPEN_FILES = 64;

/** Writes files' contents in the order of the packs they lie in, so that each pack is read once, in long reads. */
export class FileBatch {
  readonly #job: RestoreJob;
  #packs = new Map<string, Map<string, Destination[]>>();
  #bytes = 0;
  #files = 0;
  readonly #open = new Map<FileInWork, number>();
  /** Made in the target and not whole yet. */
  readonly #unfinished = new Set<FileInWork>();

  constructor(job: RestoreJob) {
    this.#job = job;
  }

  /** Plans a file; writes what is planned when that is enough. The file's `state` tells what became of it. */
  async add(folder: TargetFolder, name: Buffer, path: string, node: TreeNode): Promise<RestoredFile> {
    const content = node.content ?? [];
    const workName = this.#job.replace ? temporaryName() : name;
    const file: FileInWork = {
      folder,
      name,
      path,
      node,
      workName,
      state: 'open',
      created: false,
      missing: content.length,
    };
    this.#files += 1;
    if (content.length === 0) this.#finish(file);
    let offset = 0;
    for (const id of content) {
      const location = this.#job.repository.index.lookup('data', id);
      if (location === undefined) {
        this.#fail(file, `Blob ${id} lies in no pack of this copy`);
        break;
      }
      this.#plan(location, id, { file, offset });
      offset += plaintextLength(location);
      if (this.#bytes >= BATCH_BYTES) await this.write();
    }
    if (this.#files >= BATCH_FILES) await this.write();
    return file;
  }

  /** Writes all that is planned. */
  async write(): Promise<void> {
    const packs = this.#packs.entries();
    this.#packs = new Map();
    this.#bytes = 0;
    this.#files = 0;
    let failure: { error: unknown } | null = null;
    const workers = Array.from({ length: PACKS_IN_FLIGHT }, async () => {
      for (const [packId, blobs] of packs) {
        if (failure !== null) return;
        await this.#readPack(packId, blobs).catch((error) => {
          failure ??= { error };
        });
      }
    });
    await Promise.all(workers);
    if (failure !== null) throw (failure as { error: unknown }).error;
  }

  /** For an end before all is written: no half file stays behind. */
  abandon(): void {
    for (const file of [...this.#unfinished]) this.#drop(file);
  }

  #plan(location: BlobLocation, id: string, destination: Destination): void {
    let blobs = this.#packs.get(location.packId);
    if (blobs === undefined) {
      blobs = new Map();
      this.#packs.set(location.packId, blobs);
    }
    const destinations = blobs.get(id);
    if (destinations === undefined) blobs.set(id, [destination]);
    else destinations.push(destination);
    this.#bytes += plaintextLength(location);
  }

  async #readPack(packId: string, blobs: Map<string, Destination[]>): Promise<void> {
    const { repository, signal, breather } = this.#job;
    throwIfCancelled(signal);
    const wanted = [...blobs].filter(([, places]) => places.some(({ file }) => file.state === 'open'));
    if (wanted.length === 0) return;
    const left = new Map(wanted);
    const handles = wanted.map(([id]) => ({ type: 'data' as const, id }));
    try {
      for await (const blob of repository.loadBlobs(packId, handles, signal)) {
        const places = left.get(blob.id) ?? [];
        left.delete(blob.id);
        if ('plaintext' in blob) this.#writeAll(places, blob.plaintext);
        else await this.#readElsewhere(packId, blob.id, places, blob.failure);
        if (breather.due) await breather.pause();
        throwIfCancelled(signal);
      }
    } catch (error) {
      throwIfCancelled(signal);
      if (!isDamage(error)) throw error;
      for (const [id, places] of left) await this.#readElsewhere(packId, id, places, error);
    }
  }

  /** A blob may lie in a second pack; if not, the files that need it are lost, and only they. */
  async #readElsewhere(packId: string, id: string, places: Destination[], failure: Error): Promise<void> {
    const { repository, signal } = this.#job;
    if (repository.index.lookupAll('data', id).length > 1) {
      try {
        this.#writeAll(places, await repository.loadBlob('data', id, signal));
        return;
      } catch (error) {
        throwIfCancelled(signal);
        if (!isDamage(error)) throw error;
      }
    }
    for (const { file } of places)
      this.#fail(file, `Pack ${packId} is damaged: ${asFailure(failure).message}`);
  }

  #writeAll(places: Destination[], plaintext: Buffer): void {
    for (const { file, offset } of places) {
      if (file.state !== 'open') continue;
      try {
        const target = this.#openFile(file);
        let done = 0;
        while (done < plaintext.length) {
          done += writeSync(target, plaintext, done, plaintext.length - done, offset + done);
        }
      } catch (error) {
        this.#drop(file);
        noteWriteError(this.#job, file.path, error);
        continue;
      }
      this.#job.counters.bytesDone += plaintext.length;
      this.#job.counters.currentFile = file.path;
      file.missing -= 1;
      if (file.missing === 0) this.#finish(file);
    }
  }

  #openFile(file: FileInWork): number {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const folder = this.#job.folders.open(file.folder);
    const opened = openAt(folder, file.workName, file.created ? SAME_FILE_FLAGS : NEW_FILE_FLAGS, 0o600);
    file.created = true;
    this.#unfinished.add(file);
    this.#open.set(file, opened);
    const oldest = this.#open.entries().next().value;
    if (this.#open.size > MAX_OPEN_FILES && oldest !== undefined) {
      this.#open.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return opened;
  }

  #finish(file: FileInWork): void {
    try {
      const opened = this.#openFile(file);
      const folder = this.#job.folders.open(file.folder);
      applyMetadata(this.#job, opened, folder, file.workName, file.node);
      this.#open.delete(file);
      closeSync(opened);
      if (this.#job.replace) moveInto(folder, file.workName, file.name);
      file.state = 'done';
      this.#unfinished.delete(file);
      this.#job.counters.filesDone += 1;
    } catch (error) {
      this.#drop(file);
      noteWriteError(this.#job, file.path, error);
    }
  }

  #fail(file: FileInWork, message: string): void {
    if (file.state !== 'open') return;
    this.#drop(file);
    this.#job.issues.add(file.path, 'restore', 'damaged', message);
  }

  /** Takes away what was written of a file that cannot become whole: half a file looks like a file. */
  #drop(file: FileInWork): void {
    if (file.state !== 'open') return;
    file.state = 'failed';
    this.#unfinished.delete(file);
    closeQuietly(this.#open.get(file));
    this.#open.delete(file);
    if (!file.created) return;
    try {
      removeQuietly(this.#job.folders.open(file.folder), file.workName);
    } catch {
      // Its folder cannot be opened any more, so there is nothing we could remove.
    }
  }
}
