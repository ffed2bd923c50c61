import type { Readable } from 'node:stream';

export interface FolderEntry {
  name: string;
  isFolder: boolean;
}

/** A file being written. Nothing is durable before `sync` resolves. */
export interface WritableFile {
  /** Appends the chunks in order; resolves when the kernel has all of them. */
  append(chunks: readonly Uint8Array[]): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file being read; it stays readable until `close`, also when its name is removed meanwhile. */
export interface ReadableFile {
  /** Bytes. */
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  stream(offset: number, length: number): Readable;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface VolumeSpace {
  /** Bytes of the volume, and bytes that this process may still take. */
  totalBytes: number;
  freeBytes: number;
}

/**
 * The few calls the store makes to a file system, so that a double can forget what was not synced. Errors are
 * Node's: an `Error` with `code` (`ENOENT`, `EEXIST`, `ENOSPC`, …). After a crash a file's bytes survive only if
 * the file was synced, and a name's making, renaming or removal only if its folder was synced afterwards.
 */
export interface FileSystem {
  /** One level; `EEXIST` when it is there. */
  makeFolder(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  listFolder(path: string): Promise<FolderEntry[]>;
  /** A new file; `EEXIST` when the name is taken. */
  createFile(path: string): Promise<WritableFile>;
  /** A regular file; `ENOENT` for anything else, symbolic links included. */
  openFile(path: string): Promise<ReadableFile>;
  /** Bytes of a file, or null when there is no such file. */
  fileSize(path: string): Promise<number | null>;
  folderExists(path: string): Promise<boolean>;
  /** Within one folder. It replaces what has the new name, so the store asks first. */
  renameFile(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  space(path: string): Promise<VolumeSpace>;
}

/** Whether a thrown value is Node's error with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
