import { type BlobLocation, plaintextLength } from '@breakwater/restic-format/blob';
import { lossOf } from '@breakwater/restic-format/blob-reading';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { ExistingFiles } from './existing-files.ts';
import { type FileInWork, fileInWork, type RestoredFile } from './file-in-work.ts';
import { FileWriter } from './file-writer.ts';
import { type PlannedBlob, type PlannedRead, planReads } from './plan-orders.ts';
import type { RestoreJob } from './restore-job.ts';
import type { TargetFolder } from './target-folder.ts';

/** Bytes and files planned before packs are read: more finds more of a pack's blobs in one read, and takes memory. */
const BATCH_BYTES = 256 * 1024 * 1024;
const BATCH_FILES = 750;
/** Reads under way at the least: enough to hide a network's latency. */
const MIN_READS_AT_ONCE = 4;

type Plan = Map<string, Map<string, PlannedBlob>>;

/** Writes files' contents in the order of the packs they lie in, so that each pack is read once, in long reads. */
export class FileBatch {
  readonly #job: RestoreJob;
  readonly #writer: FileWriter;
  readonly #existing: ExistingFiles;
  #plan: Plan = new Map();
  /** What was looked up last: of a file with one blob it is asked for twice. */
  #found: { id: string; location: BlobLocation | undefined } = { id: '', location: undefined };
  #bytes = 0;
  #files = 0;
  /** The batch before, still being written while this one is planned. */
  #writing: Promise<void> = Promise.resolve();

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#writer = new FileWriter(job);
    this.#existing = new ExistingFiles(job, this.#writer, (file, matches) =>
      this.#planContent(file, matches),
    );
  }

  /** Plans a file; writes what is planned when that is enough. The file's `state` tells what became of it. */
  async add(folder: TargetFolder, name: Buffer, path: string, node: TreeNode): Promise<RestoredFile> {
    const file = fileInWork(folder, name, path, node);
    if (this.#measure(file)) {
      await this.#existing.admit(file);
      this.#files += 1;
      if (this.#bytes >= BATCH_BYTES || this.#files >= BATCH_FILES) await this.#begin();
    }
    return file;
  }

  /** Writes all that is planned. */
  async write(): Promise<void> {
    await this.#begin();
    await this.#writing;
  }

  /** For an end before all is written. `remove`: no half file stays behind. */
  async abandon(remove: boolean): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#existing.settled().catch(() => undefined);
    this.#writer.abandon(remove);
  }

  #locate(id: string): BlobLocation | undefined {
    if (this.#found.id !== id) {
      this.#found = { id, location: this.#job.repository.index.lookup('data', id) };
    }
    return this.#found.location;
  }

  /** False when a blob lies in no pack: then nothing of the file is touched. */
  #measure(file: FileInWork): boolean {
    for (const id of file.node.content ?? []) {
      const location = this.#locate(id);
      if (location === undefined) {
        this.#writer.fail(file, lossOf(this.#job.repository, { type: 'data', id }));
        return false;
      }
      file.size += plaintextLength(location);
    }
    return true;
  }

  /** `matches`: for each blob 1 when the file has it already. */
  #planContent(file: FileInWork, matches: Uint8Array | null): void {
    let offset = 0;
    for (const [at, id] of (file.node.content ?? []).entries()) {
      const location = this.#locate(id);
      if (location === undefined) {
        this.#writer.fail(file, lossOf(this.#job.repository, { type: 'data', id }));
        return;
      }
      const length = plaintextLength(location);
      if (matches?.[at] === 1) {
        file.missing -= 1;
        this.#writer.count(file, length);
      } else {
        let pack = this.#plan.get(location.packId);
        if (pack === undefined) {
          pack = new Map();
          this.#plan.set(location.packId, pack);
        }
        const planned = pack.get(id);
        if (planned === undefined) pack.set(id, { id, location, places: [{ file, offset }] });
        else planned.places.push({ file, offset });
        this.#bytes += length;
      }
      offset += length;
    }
    if (file.missing === 0) this.#writer.finish(file);
  }

  /** Begins to write this batch once the one before is written. */
  async #begin(): Promise<void> {
    await this.#existing.settled();
    const plan = this.#plan;
    this.#plan = new Map();
    this.#bytes = 0;
    this.#files = 0;
    await this.#writing;
    this.#writing = this.#writePlan(plan);
    // It is thrown where it is awaited.
    this.#writing.catch(() => undefined);
  }

  async #writePlan(plan: Plan): Promise<void> {
    const reads = readsOf(plan);
    const failures: unknown[] = [];
    const loop = async (): Promise<void> => {
      for (const read of reads) {
        if (failures.length > 0) return;
        try {
          throwIfCancelled(this.#job.signal);
          await this.#writer.write(read);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const { places } = this.#job.pool;
    await Promise.all(Array.from({ length: Math.max(MIN_READS_AT_ONCE, places) }, loop));
    if (failures.length > 0) throw failures[0];
  }
}

/** One generator for all who read: each takes the next. */
function* readsOf(plan: Plan): Generator<PlannedRead> {
  for (const [packId, blobs] of plan) {
    // What was planned is let go of as it is written.
    plan.delete(packId);
    yield* planReads(packId, [...blobs.values()]);
  }
}
