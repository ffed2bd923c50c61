import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import type { FileSystem, ReadableFile, WritableFile } from './file-system.ts';
import { hasCode } from './file-system.ts';

/** As stock restic's local store: folders for the owner only, files that nobody rewrites. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o400;
/** Bytes per read of a stream: large enough that the thread pool's cost per call does not matter. */
const READ_CHUNK_BYTES = 256 * 1024;

export const nodeFileSystem: FileSystem = {
  async makeFolder(path) {
    await mkdir(path, { mode: FOLDER_MODE });
  },
  async syncFolder(path) {
    const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await syncOrSkip(folder);
    } finally {
      await folder.close();
    }
  },
  async listFolder(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  },
  async createFile(path) {
    return writable(await open(path, 'wx', FILE_MODE));
  },
  async openFile(path) {
    const handle = await openRegular(path);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw noSuchFile(path);
      return readable(handle, found.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  async fileSize(path) {
    try {
      const found = await lstat(path);
      return found.isFile() ? found.size : null;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  },
  async folderExists(path) {
    try {
      return (await stat(path)).isDirectory();
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    }
  },
  renameFile: rename,
  removeFile: unlink,
  async space(path) {
    // As df counts: blocks kept for root are neither used nor free, and no part of what a node can ever fill.
    const { blocks, bfree, bavail, bsize } = await statfs(path);
    return { totalBytes: (blocks - bfree + bavail) * bsize, freeBytes: bavail * bsize };
  },
};

/** Never through a symbolic link, and without waiting for the other end of a pipe. */
async function openRegular(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ELOOP', 'ENXIO', 'ENOTDIR')) throw noSuchFile(path);
    throw error;
  }
}

function noSuchFile(path: string): Error {
  return Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
}

function writable(handle: FileHandle): WritableFile {
  return {
    async append(chunks) {
      // The kernel may take less than it was given, so what is left is sent again.
      let rest = chunks;
      while (rest.length > 0) {
        const { bytesWritten } = await handle.writev(rest);
        rest = withoutFirst(rest, bytesWritten);
      }
    },
    sync: () => syncOrSkip(handle),
    close: () => handle.close(),
  };
}

function readable(handle: FileHandle, size: number): ReadableFile {
  return {
    size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    stream: (offset, length) =>
      handle.createReadStream({
        start: offset,
        end: offset + length - 1,
        highWaterMark: READ_CHUNK_BYTES,
        autoClose: false,
      }),
    sync: () => syncOrSkip(handle),
    close: () => handle.close(),
  };
}

/** Some network file systems know no fsync; a store there is as durable as its server makes it. */
async function syncOrSkip(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL')) throw error;
  }
}

/** What remains of `chunks` after their first `bytes` bytes; empty chunks vanish. */
export function withoutFirst(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = bytes;
  for (const chunk of chunks) {
    if (skip >= chunk.byteLength) skip -= chunk.byteLength;
    else {
      rest.push(skip === 0 ? chunk : chunk.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}
