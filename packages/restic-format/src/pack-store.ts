/** Where a repository's files lie: the one port between the format and the world. */
export type FileKind = 'config' | 'data' | 'index' | 'keys' | 'locks' | 'snapshots';

export interface StoredFile {
  name: string;
  /** Bytes. */
  size: number;
}

export interface ByteRange {
  offset: number;
  length: number;
}

export interface PackFiles {
  pathOf(packId: string): string;
  /** Address of the module with which a thread reads them: it exports `openPackFile`, an `OpenPackFile`. */
  readonly module: string;
}

/** Throws the system's error. */
export type OpenPackFile = (path: string) => PackFile;

export interface PackFile {
  /** Bytes. */
  readonly size: number;
  /** Fills all of `space` with what begins at `offset`; throws when there is less. */
  read(space: Uint8Array, offset: number): void;
  close(): void;
}

/**
 * One copy of one repository. Names are 64 hex digits (`config` has the name `config`). Every call throws a
 * `Failure`: `not-found` for what is not there, `already-exists` for a name that holds other bytes,
 * `hash-mismatch`, `node-full`, `node-unreachable`, `token-expired`, `verb-not-granted`… An aborted signal
 * throws `cancelled`.
 */
export interface PackStore {
  /** For messages: a path or a URL without its token. */
  readonly location: string;
  list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]>;
  /** Size in bytes, or null when there is no such file. */
  stat(kind: FileKind, name: string, signal?: AbortSignal): Promise<number | null>;
  /** The whole file, or exactly `range` of it; fewer bytes than asked for is a `bad-range` failure. */
  read(kind: FileKind, name: string, range?: ByteRange, signal?: AbortSignal): Promise<Buffer>;
  /** Packs that lie on this machine, so that threads can read them themselves; absent where there is no such place. */
  readonly packFiles?: PackFiles | undefined;
  /**
   * Durable when it resolves. `parts` are sent in order as one body; they must not change until then. Writing
   * the same bytes again is no error.
   */
  write(kind: FileKind, name: string, parts: readonly Uint8Array[], signal?: AbortSignal): Promise<void>;
  /** Removing what is not there is no error. */
  remove(kind: FileKind, name: string, signal?: AbortSignal): Promise<void>;
}
