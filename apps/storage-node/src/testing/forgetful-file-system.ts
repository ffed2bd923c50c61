import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { FileSystem, ReadableFile, WritableFile } from '../store/file-system.ts';

class Inode {
  bytes = Buffer.alloc(0);
  /** What survives a crash. */
  synced = Buffer.alloc(0);
}

class Folder {
  entries = new Map<string, Inode | Folder>();
  synced = new Map<string, Inode | Folder>();
}

export type CrashMode =
  /** No name that was not synced survives. */
  | 'forgets-names'
  /** The disk wrote all names just before the crash, but of bytes only what was synced. */
  | 'keeps-names';

export class CrashError extends Error {}

/**
 * A file system in memory that keeps, over a crash, what POSIX promises and nothing more. It can be told to
 * crash at its n-th call, and its disk can be full.
 */
export class ForgetfulFileSystem implements FileSystem {
  /** Calls so far, by name: what a write does, in order. */
  readonly calls: string[] = [];
  freeBytes = 1024 ** 4;
  totalBytes = 2 * 1024 ** 4;
  #root = new Folder();
  #crashAt = Number.POSITIVE_INFINITY;
  #failures = new Map<string, string>();

  constructor(root: string) {
    let folder = this.#root;
    for (const name of root.split('/').filter(Boolean)) {
      const next = new Folder();
      folder.entries.set(name, next);
      folder.synced.set(name, next);
      folder = next;
    }
  }

  /** The call with this number (from 0) and all after it fail, as if the machine had gone. */
  crashAt(call: number): void {
    this.#crashAt = call;
  }

  /** The next call of this name fails with this code. */
  failNext(call: string, code: string): void {
    this.#failures.set(call, code);
  }

  /** What a machine that starts again finds. */
  restart(mode: CrashMode): void {
    this.#root = survivors(this.#root, mode);
    this.#crashAt = Number.POSITIVE_INFINITY;
    this.calls.length = 0;
  }

  /** All files with their bytes, also those that are no stored ones. */
  files(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    const walk = (folder: Folder, path: string) => {
      for (const [name, entry] of folder.entries) {
        if (entry instanceof Folder) walk(entry, `${path}/${name}`);
        else found.set(`${path}/${name}`, entry.bytes);
      }
    };
    walk(this.#root, '');
    return found;
  }

  async makeFolder(path: string): Promise<void> {
    this.#step('makeFolder');
    const parent = this.#folder(dirname(path));
    if (parent.entries.has(basename(path))) throw errno('EEXIST', path);
    parent.entries.set(basename(path), new Folder());
  }

  async syncFolder(path: string): Promise<void> {
    this.#step('syncFolder');
    const folder = this.#folder(path);
    folder.synced = new Map(folder.entries);
  }

  async listFolder(path: string) {
    this.#step('listFolder');
    return [...this.#folder(path).entries].map(([name, entry]) => ({
      name,
      isFolder: entry instanceof Folder,
    }));
  }

  async createFile(path: string): Promise<WritableFile> {
    this.#step('createFile');
    const folder = this.#folder(dirname(path));
    if (folder.entries.has(basename(path))) throw errno('EEXIST', path);
    const inode = new Inode();
    folder.entries.set(basename(path), inode);
    return {
      append: async (chunks) => {
        this.#step('append');
        inode.bytes = Buffer.concat([inode.bytes, ...chunks]);
      },
      sync: async () => {
        this.#step('sync');
        inode.synced = inode.bytes;
      },
      close: async () => this.#step('close'),
    };
  }

  async openFile(path: string): Promise<ReadableFile> {
    this.#step('openFile');
    const inode = this.#find(path);
    if (!(inode instanceof Inode)) throw errno('ENOENT', path);
    return {
      size: inode.bytes.length,
      read: async (offset, length) => {
        this.#step('read');
        return inode.bytes.subarray(offset, offset + length);
      },
      stream: (offset, length) => Readable.from([inode.bytes.subarray(offset, offset + length)]),
      sync: async () => {
        this.#step('sync');
        inode.synced = inode.bytes;
      },
      close: async () => this.#step('close'),
    };
  }

  async fileSize(path: string): Promise<number | null> {
    this.#step('fileSize');
    const inode = this.#find(path);
    return inode instanceof Inode ? inode.bytes.length : null;
  }

  async folderExists(path: string): Promise<boolean> {
    this.#step('folderExists');
    return this.#find(path) instanceof Folder;
  }

  async renameFile(from: string, to: string): Promise<void> {
    this.#step('renameFile');
    const inode = this.#find(from);
    if (!(inode instanceof Inode)) throw errno('ENOENT', from);
    this.#folder(dirname(to)).entries.set(basename(to), inode);
    this.#folder(dirname(from)).entries.delete(basename(from));
  }

  async removeFile(path: string): Promise<void> {
    this.#step('removeFile');
    if (!(this.#find(path) instanceof Inode)) throw errno('ENOENT', path);
    this.#folder(dirname(path)).entries.delete(basename(path));
  }

  async space() {
    this.#step('space');
    return { totalBytes: this.totalBytes, freeBytes: this.freeBytes };
  }

  #step(call: string): void {
    if (this.calls.length >= this.#crashAt) throw new CrashError(`crashed at ${call}`);
    this.calls.push(call);
    const failure = this.#failures.get(call);
    if (failure === undefined) return;
    this.#failures.delete(call);
    throw errno(failure, call);
  }

  #find(path: string): Inode | Folder | undefined {
    let entry: Inode | Folder | undefined = this.#root;
    for (const name of path.split('/').filter(Boolean)) {
      entry = entry instanceof Folder ? entry.entries.get(name) : undefined;
    }
    return entry;
  }

  #folder(path: string): Folder {
    const folder = this.#find(path);
    if (!(folder instanceof Folder)) throw errno('ENOENT', path);
    return folder;
  }
}

function survivors(folder: Folder, mode: CrashMode): Folder {
  const kept = new Folder();
  for (const [name, entry] of mode === 'keeps-names' ? folder.entries : folder.synced) {
    if (entry instanceof Folder) kept.entries.set(name, survivors(entry, mode));
    else {
      const inode = new Inode();
      inode.bytes = entry.synced;
      inode.synced = entry.synced;
      kept.entries.set(name, inode);
    }
  }
  kept.synced = new Map(kept.entries);
  return kept;
}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
