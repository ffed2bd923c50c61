import { type BigIntStats, closeSync, constants } from 'node:fs';
import { errorCode } from '../posix/error-code.ts';
import { openAt } from '../posix/libc.ts';
import { addRefusals, applyMetadata, metadataOf } from './apply-metadata.ts';
import { clearWay, judgeWay } from './entry-in-the-way.ts';
import type { FileInWork } from './file-in-work.ts';
import { CompareList } from './compare-list.ts';
import type { FileWriter } from './file-writer.ts';
import type { RestoreJob } from './restore-job.ts';

/** Finds out what of a file is in the target already. What is right is left alone; the rest is planned. */
export class ExistingFiles {
  readonly #job: RestoreJob;
  readonly #writer: FileWriter;
  readonly #plan: (file: FileInWork, matches: Uint8Array | null) => void;
  #waiting = new CompareList<FileInWork>();
  readonly #underWay = new Set<Promise<void>>();
  #failure: { error: unknown } | null = null;

  /** `plan`: called for what is to be written, with the blobs that are there already. */
  constructor(
    job: RestoreJob,
    writer: FileWriter,
    plan: (file: FileInWork, matches: Uint8Array | null) => void,
  ) {
    this.#job = job;
    this.#writer = writer;
    this.#plan = plan;
  }

  async admit(file: FileInWork): Promise<void> {
    try {
      const verdict = judgeWay(this.#job, file.folder, file.name, file.node);
      if (verdict.is === 'free') this.#plan(file, null);
      else if (verdict.is === 'skip') this.#writer.skip(file);
      else this.#meet(file, verdict.status);
    } catch (error) {
      this.#writer.giveUp(file, error);
    }
    if (this.#waiting.isFull) this.#send();
    while (this.#underWay.size >= this.#job.pool.places) await Promise.race(this.#underWay);
    this.#throwFailure();
  }

  /** When all files admitted so far are planned. */
  async settled(): Promise<void> {
    this.#send();
    await Promise.all(this.#underWay);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #meet(file: FileInWork, status: BigIntStats): void {
    const { overwrite, folders, dryRun } = this.#job;
    const folder = folders.open(file.folder);
    if (!status.isFile()) {
      this.#replace(file, folder, status);
      return;
    }
    if (overwrite === 'if-changed' && Number(status.size) === file.size && isSameTime(file, status)) {
      if (!dryRun) this.#refresh(file, folder);
      this.#writer.keep(file);
      return;
    }
    let own: number;
    try {
      const access = dryRun ? constants.O_RDONLY : constants.O_RDWR;
      own = openAt(folder, file.name, access | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      // Not to be written to (a running program, or not ours), but perhaps to be replaced.
      if (!['EACCES', 'EPERM', 'ETXTBSY'].includes(errorCode(error) ?? '')) throw error;
      this.#replace(file, folder, status);
      return;
    }
    this.#waiting.add(this.#job.repository, file, own, file.node, !dryRun);
  }

  #replace(file: FileInWork, folder: number, status: BigIntStats): void {
    clearWay(this.#job, folder, file.name, status);
    this.#plan(file, null);
  }

  #refresh(file: FileInWork, folder: number): void {
    const own = openAt(folder, file.name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      applyMetadata(own, metadataOf(file.node), this.#job.refusals);
    } finally {
      closeSync(own);
    }
  }

  #send(): void {
    if (this.#waiting.isEmpty) return;
    const list = this.#waiting;
    this.#waiting = new CompareList();
    const done = this.#compare(list)
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #compare(list: CompareList<FileInWork>): Promise<void> {
    const { pool, refusals, folders } = this.#job;
    const result = await pool.perform(list.order(), list.bytes);
    addRefusals(refusals, result.refusals);
    for (const [at, file] of list.items.entries()) {
      const compared = result.files[at];
      if (compared === undefined) continue;
      if (compared.error !== null) {
        this.#writer.giveUp(file, Object.assign(new Error(compared.error.message), compared.error));
      } else if (compared.size === file.size && !compared.matches.includes(0)) {
        this.#writer.keep(file);
      } else {
        try {
          this.#change(file, folders.open(file.folder), compared.matches);
        } catch (error) {
          this.#writer.giveUp(file, error);
        }
      }
    }
  }

  #change(file: FileInWork, folder: number, matches: Uint8Array): void {
    const verdict = judgeWay(this.#job, file.folder, file.name, file.node);
    // Other names of the same file must not change with it.
    if (verdict.is === 'there' && verdict.status.nlink > 1n) {
      this.#replace(file, folder, verdict.status);
      return;
    }
    file.updating = verdict.is === 'there';
    this.#plan(file, file.updating ? matches : null);
  }
}

function isSameTime(file: FileInWork, status: BigIntStats): boolean {
  return file.node.mtime.ns === status.mtimeNs;
}
