import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import type { ByteRange, FileKind, PackStore, StoredFile } from '../pack-store.ts';

/** A repository folder as stock restic reads it, for tests: no locking, nothing made durable. */
export class FolderStore implements PackStore {
  readonly location: string;

  constructor(folder: string) {
    this.location = folder;
  }

  async list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]> {
    refuseAborted(signal);
    const root = join(this.location, kind);
    const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(
      passOver('ENOENT', []),
    );
    const files = entries.filter((entry) => entry.isFile());
    return Promise.all(
      files.map(async ({ name, parentPath }) => ({ name, size: (await stat(join(parentPath, name))).size })),
    );
  }

  async stat(kind: FileKind, name: string, signal?: AbortSignal): Promise<number | null> {
    refuseAborted(signal);
    const found = await stat(this.#path(kind, name)).catch(passOver('ENOENT', null));
    return found === null ? null : found.size;
  }

  async read(kind: FileKind, name: string, range?: ByteRange, signal?: AbortSignal): Promise<Buffer> {
    refuseAborted(signal);
    const path = this.#path(kind, name);
    const handle = await open(path).catch(passOver('ENOENT', null));
    if (handle === null) throw new Failure('not-found', `${path} does not exist`);
    try {
      if (range === undefined) return await handle.readFile();
      const bytes = Buffer.alloc(range.length);
      const { bytesRead } = await handle.read(bytes, 0, range.length, range.offset);
      if (bytesRead < range.length)
        throw new Failure('bad-range', `${path} ends before ${range.offset}+${range.length}`);
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async write(
    kind: FileKind,
    name: string,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    refuseAborted(signal);
    const path = this.#path(kind, name);
    const bytes = Buffer.concat(parts);
    if (kind !== 'config' && createHash('sha256').update(bytes).digest('hex') !== name) {
      throw new Failure('hash-mismatch', `the bytes for ${path} have another hash`);
    }
    const there = await readFile(path).catch(passOver('ENOENT', null));
    if (there?.equals(bytes)) return;
    if (there !== null) throw new Failure('already-exists', `${path} is there with other bytes`);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, bytes);
  }

  async remove(kind: FileKind, name: string, signal?: AbortSignal): Promise<void> {
    refuseAborted(signal);
    await rm(this.#path(kind, name), { force: true });
  }

  #path(kind: FileKind, name: string): string {
    const good = kind === 'config' ? name === 'config' : /^[0-9a-f]{64}$/.test(name);
    if (!good) throw new Failure('bad-name', `"${name}" is not the name of a ${kind} file`);
    if (kind === 'config') return join(this.location, 'config');
    return kind === 'data'
      ? join(this.location, 'data', name.slice(0, 2), name)
      : join(this.location, kind, name);
  }
}

function passOver<Value>(code: string, value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === code) return value;
    throw error;
  };
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
}
