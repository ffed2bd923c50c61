import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { Chunker, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '@breakwater/restic-format/chunker';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { nodeFromStat } from '../source/node-from-stat.ts';
import { systemPath } from '../source/system-path.ts';
import type { BackupJob } from './backup-job.ts';
import { throwIfCancelled } from './cancellation.ts';
import { Slots } from './slots.ts';

const readAsync = promisify(read);

const READ_BYTES = 1024 * 1024;
/** Room for a whole chunk, the read behind it and the one under way. */
const BUFFER_BYTES = 2 * MAX_CHUNK_BYTES;
/** Enough to keep a disk busy while chunks are hashed and packed; each costs a buffer. */
const FILES_IN_FLIGHT = 4;

interface FileSlot {
  readonly buffer: Buffer;
  readonly chunker: Chunker;
  /** Bytes of the file being read that the repository did not have. */
  added: number;
}

/** Raised for what concerns one file only. */
class FileReadError extends Error {}

/** Reads regular files, cuts them into chunks as restic does and hands these to the repository's writer. */
export class FileSaver {
  readonly #job: BackupJob;
  readonly #slots: Slots<FileSlot>;
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(job: BackupJob) {
    this.#job = job;
    this.#slots = new Slots<FileSlot>(
      Array.from({ length: job.readConcurrency ?? FILES_IN_FLIGHT }, () => ({
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        chunker: new Chunker(job.repository.config.chunkerPolynomial),
        added: 0,
      })),
    );
  }

  /**
   * Waits until the file may be begun, then returns what will become of it: its node, or null when it cannot be
   * taken (an issue then says why). Rejects only with what ends the whole backup.
   */
  async begin(
    name: string,
    path: string,
    previous: TreeNode | undefined,
  ): Promise<{ done: Promise<TreeNode | null> }> {
    const slot = await this.#slots.take();
    const done = this.#save(slot, name, path, previous).finally(() => {
      this.#slots.give(slot);
      this.#inFlight.delete(done);
    });
    this.#inFlight.add(done);
    // Its failure is met where the folder waits for it; until then it must not look unhandled.
    done.catch(() => undefined);
    return { done };
  }

  /** Waits until no file is being read any more, however it ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #save(
    slot: FileSlot,
    name: string,
    path: string,
    previous: TreeNode | undefined,
  ): Promise<TreeNode | null> {
    const { counters, issues, signal } = this.#job;
    throwIfCancelled(signal);
    counters.currentFile = path;
    let file: number;
    try {
      file = openForReading(path);
    } catch (error) {
      issues.addReadError(path, 'read', error);
      return null;
    }
    try {
      const stat = fstatSync(file, { bigint: true });
      if (!stat.isFile()) {
        issues.add(path, 'read', 'unreadable', 'It is no longer a regular file');
        return null;
      }
      const node = nodeFromStat(
        name,
        path,
        stat,
        this.#job.accounts,
        (error) => issues.addReadError(path, 'read', error),
        this.#job.withAtime,
      );
      await this.#readContent(slot, file, stat, path, node);
      counters.countFile(
        previous === undefined ? 'New' : sameFile(previous, node) ? 'Unmodified' : 'Changed',
        path,
        slot.added,
      );
      return node;
    } catch (error) {
      if (!(error instanceof FileReadError)) throw error;
      issues.addReadError(path, 'read', error.cause);
      return null;
    } finally {
      closeSync(file);
    }
  }

  /** Fills in the node's content and size; one that shrank is kept as far as it could be read, with an issue. */
  async #readContent(
    slot: FileSlot,
    file: number,
    stat: BigIntStats,
    path: string,
    node: TreeNode,
  ): Promise<void> {
    const content: string[] = [];
    slot.added = 0;
    // What is appended while we read belongs to the next backup: else a busy log might never end. Files of size
    // 0 are read all the same, for the pseudo files that have content and no size.
    const size = Number(stat.size);
    const done =
      size > 0 && size <= MIN_CHUNK_BYTES
        ? await this.#readSmall(slot, file, size, content)
        : await this.#readChunks(slot, file, size === 0 ? Number.MAX_SAFE_INTEGER : size, content);
    node.content = content;
    node.size = done;
    if (done < size) {
      this.#job.issues.add(
        path,
        'read',
        'shrank',
        `It had ${size} bytes when it was opened, and ended after ${done}`,
      );
    }
  }

  /** A file that is at most one chunk needs no chunker and no second turn of the event loop. */
  async #readSmall(slot: FileSlot, file: number, size: number, content: string[]): Promise<number> {
    let done = 0;
    try {
      while (done < size) {
        const got = readSync(file, slot.buffer, done, size - done, null);
        if (got === 0) break;
        done += got;
      }
    } catch (error) {
      throw new FileReadError('read', { cause: error });
    }
    if (done > 0) await this.#add(slot, slot.buffer.subarray(0, done), content);
    return done;
  }

  async #readChunks(slot: FileSlot, file: number, limit: number, content: string[]): Promise<number> {
    const { buffer, chunker } = slot;
    chunker.reset();
    // buffer[start, scanned) is the open chunk, buffer[scanned, end) is read and not yet looked at.
    let start = 0;
    let scanned = 0;
    let end = 0;
    let asked = 0;
    const readOn = (): Promise<number> => {
      const length = Math.min(READ_BYTES, limit - asked);
      return length <= 0 ? Promise.resolve(0) : readSome(file, buffer, end, length);
    };
    let reading = readOn();
    for (;;) {
      const got = await settled(reading);
      throwIfCancelled(this.#job.signal);
      if (got === 0) break;
      end += got;
      asked += got;
      const ahead = end + READ_BYTES <= BUFFER_BYTES ? readOn() : undefined;
      ahead?.catch(() => undefined);
      try {
        for (;;) {
          const cut = chunker.next(buffer, scanned, end);
          if (cut < 0) break;
          await this.#add(slot, buffer.subarray(start, cut), content);
          start = cut;
          scanned = cut;
        }
      } catch (error) {
        // The buffer and the file belong to the next user only when nothing is being read into it any more.
        await ahead?.catch(() => undefined);
        throw error;
      }
      scanned = end;
      if (ahead === undefined) {
        buffer.copyWithin(0, start, end);
        end -= start;
        scanned = end;
        start = 0;
      }
      reading = ahead ?? readOn();
    }
    if (end > start) await this.#add(slot, buffer.subarray(start, end), content);
    return asked;
  }

  async #add(slot: FileSlot, chunk: Buffer, content: string[]): Promise<void> {
    const { writer, counters, breather, signal } = this.#job;
    const { id, isNew } = await writer.addBlob('data', chunk);
    content.push(id);
    if (isNew) slot.added += chunk.length;
    counters.bytesDone += chunk.length;
    if (breather.due) await breather.pause();
    throwIfCancelled(signal);
  }
}

async function readSome(file: number, buffer: Buffer, at: number, length: number): Promise<number> {
  return (await readAsync(file, buffer, at, length, null)).bytesRead;
}

async function settled(reading: Promise<number>): Promise<number> {
  try {
    return await reading;
  } catch (error) {
    throw new FileReadError('read', { cause: error });
  }
}

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Never follows a link and never waits for a writer, should the path have become a link or a FIFO; leaves the
 * access time alone where the system allows it (owner and root).
 */
function openForReading(path: string): number {
  const target = systemPath(path);
  try {
    return openSync(target, READ_FLAGS | constants.O_NOATIME);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
    return openSync(target, READ_FLAGS);
  }
}

function sameFile(previous: TreeNode, node: TreeNode): boolean {
  return (
    previous.type === 'file' &&
    previous.size === node.size &&
    previous.mtime.ns === node.mtime.ns &&
    previous.ctime.ns === node.ctime.ns &&
    previous.inode === node.inode &&
    previous.content !== null &&
    previous.content.length === node.content?.length &&
    previous.content.every((id, at) => id === node.content?.[at])
  );
}
