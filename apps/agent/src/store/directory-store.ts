import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { isHashedAs } from '@breakwater/restic-format/hashed-parts';
import type {
  ByteRange,
  FileKind,
  PackFiles,
  PackStore,
  StoredFile,
} from '@breakwater/restic-format/pack-store';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { errorCode } from '../posix/error-code.ts';

const CONTENT_NAME = /^[0-9a-f]{64}$/;
const KINDS = ['data', 'index', 'keys', 'locks', 'snapshots'] as const;
/** Stats at once while listing: enough to hide a network file system's latency. */
const STAT_BATCH = 64;

/**
 * A repository in a local folder, in restic's default layout: packs lie in `data/<first two digits>/`, every
 * other kind in a folder of its own, `config` at the top. A file appears under its name only when it is whole
 * and on the disk: temporary file → fsync → rename → fsync of the folder.
 */
export class DirectoryStore implements PackStore {
  readonly location: string;
  readonly packFiles: PackFiles = {
    pathOf: (packId) => this.#path('data', packId),
    module: new URL('./pack-file.ts', import.meta.url).href,
  };

  constructor(folder: string) {
    this.location = resolve(folder);
  }

  /** Makes the folders of an empty repository; folders that are there are left as they are. */
  async createFolders(): Promise<void> {
    try {
      for (const kind of KINDS) await makeFolder(join(this.location, kind));
    } catch (error) {
      throw asStoreFailure(error, `The repository folder ${this.location} cannot be made`);
    }
  }

  async list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]> {
    throwIfCancelled(signal);
    const top = join(this.location, kind);
    try {
      if (kind !== 'data') return await listFolder(top, signal);
      const found: StoredFile[] = [];
      for (const folder of await namesIn(top)) {
        if (/^[0-9a-f]{2}$/.test(folder)) found.push(...(await listFolder(join(top, folder), signal)));
      }
      return found;
    } catch (error) {
      throw asStoreFailure(error, `${top} cannot be listed`);
    }
  }

  async stat(kind: FileKind, name: string, signal?: AbortSignal): Promise<number | null> {
    throwIfCancelled(signal);
    const path = this.#path(kind, name);
    try {
      const found = await stat(path);
      return found.isFile() ? found.size : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw asStoreFailure(error, `${path} cannot be read`);
    }
  }

  async read(kind: FileKind, name: string, range?: ByteRange, signal?: AbortSignal): Promise<Buffer> {
    throwIfCancelled(signal);
    const path = this.#path(kind, name);
    try {
      const file = await open(path, 'r');
      try {
        return await readRange(file, path, range, signal);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw asStoreFailure(error, `${path} cannot be read`);
    }
  }

  async write(
    kind: FileKind,
    name: string,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    throwIfCancelled(signal);
    const path = this.#path(kind, name);
    if (kind !== 'config' && !isHashedAs(parts, name)) checkHash(path, name, parts);
    try {
      if (await this.#holdsAlready(kind, name, parts)) return;
      await this.#writeNew(path, parts, signal);
    } catch (error) {
      throw asStoreFailure(error, `${path} cannot be written`);
    }
  }

  async remove(kind: FileKind, name: string, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.#path(kind, name);
    try {
      await unlink(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isMissing(error)) throw asStoreFailure(error, `${path} cannot be removed`);
    }
  }

  #path(kind: FileKind, name: string): string {
    if (kind === 'config') {
      if (name !== 'config')
        throw new Failure('bad-name', `The config file is named "config", not "${name}"`);
      return join(this.location, 'config');
    }
    if (!CONTENT_NAME.test(name)) {
      throw new Failure(
        'bad-name',
        `"${name}" is no name of a ${kind} file: expected 64 lower-case hex digits`,
      );
    }
    return kind === 'data'
      ? join(this.location, 'data', name.slice(0, 2), name)
      : join(this.location, kind, name);
  }

  /** Names are hashes of the content, so only the length needs a look; a `config` is compared in full. */
  async #holdsAlready(kind: FileKind, name: string, parts: readonly Uint8Array[]): Promise<boolean> {
    const present = await this.stat(kind, name);
    if (present === null) return false;
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const same =
      present === size && (kind !== 'config' || (await this.read(kind, name)).equals(Buffer.concat(parts)));
    if (same) return true;
    throw new Failure(
      'already-exists',
      `${this.#path(kind, name)} is there already and holds other bytes (${present} instead of ${size})`,
    );
  }

  async #writeNew(path: string, parts: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    const folder = dirname(path);
    const temporary = `${path}-tmp-${randomBytes(6).toString('hex')}`;
    const file = await createIn(folder, temporary);
    try {
      try {
        await writeAll(file, parts);
        // Read-only, as restic leaves its files: what has a content name never changes.
        await file.chmod(0o400);
        await file.sync();
      } finally {
        await file.close();
      }
      throwIfCancelled(signal);
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(folder);
  }
}

async function readRange(
  file: FileHandle,
  path: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { size } = await file.stat();
  const { offset, length } = range ?? { offset: 0, length: size };
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new Failure(
      'bad-range',
      `${path} has ${size} bytes; bytes ${offset} to ${offset + length} were asked for`,
    );
  }
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw new Failure('bad-range', `${path} became shorter while it was read`);
    done += bytesRead;
    throwIfCancelled(signal);
  }
  return bytes;
}

async function createIn(folder: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeFolder(folder);
    return await open(path, 'wx', 0o600);
  }
}

/** Makes a folder and what is missing above it, each one's entry durable in its parent. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) {
    let done = 0;
    while (done < part.length) done += (await file.write(part, done, part.length - done)).bytesWritten;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function checkHash(path: string, name: string, parts: readonly Uint8Array[]): void {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const actual = hash.digest('hex');
  if (actual === name) return;
  throw new Failure('hash-mismatch', `The bytes for ${path} hash to ${actual}: they changed on the way`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function listFolder(folder: string, signal?: AbortSignal): Promise<StoredFile[]> {
  const names = (await namesIn(folder)).filter((name) => CONTENT_NAME.test(name));
  const found: StoredFile[] = [];
  for (let start = 0; start < names.length; start += STAT_BATCH) {
    throwIfCancelled(signal);
    const batch = names.slice(start, start + STAT_BATCH).map(async (name) => {
      try {
        return { name, size: (await stat(join(folder, name))).size };
      } catch (error) {
        // Removed since the folder was read, as locks are.
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
    for (const file of await Promise.all(batch)) if (file !== undefined) found.push(file);
  }
  return found;
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

function asStoreFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error;
  const code = errorCode(error);
  const message = `${what} (${code ?? String(error)})`;
  if (code === 'ENOENT') return new Failure('not-found', `${what}: it is not there`, { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('node-full', `${what}: the disk is full`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Failure('forbidden', message, { cause: error });
  }
  return new Failure('unavailable', message, { cause: error, retryable: true });
}
