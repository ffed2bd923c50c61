import type { FileKind } from '@breakwater/contract/storage-api';
import type { ReadableFile } from './file-system.ts';

export type StoredKind = FileKind | 'config';

/** One file of one repository. `name` is 64 hex digits; a config's name is `config`. */
export interface FileAddress {
  repository: string;
  kind: StoredKind;
  name: string;
}

export interface StoredFile {
  name: string;
  /** Bytes. */
  size: number;
}

export interface StoredRepository {
  repositoryId: string;
  bytes: number;
  files: number;
}

export interface Holdings {
  repositories: StoredRepository[];
  misnamed: string[];
  unreadable: string[];
}

export interface BodyDigest {
  /** Lower-case hex. */
  sha256: string;
  bytes: number;
}

/** Takes a body piece by piece. It must end with exactly one of `commit` and `abandon`. */
export interface FileSink {
  /** Chunks in order; they must not change afterwards. */
  append(chunks: readonly Uint8Array[]): Promise<void>;
  /**
   * Durable when it resolves. `hash-mismatch` when the digest is not the name, `already-exists` when the name
   * holds other bytes; the same bytes again are no error.
   */
  commit(digest: BodyDigest): Promise<'stored' | 'was-there'>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/**
 * Where a node keeps repositories: files that are written once, named after their content, and opaque. Every
 * store passes `testing/store-conformance.ts`. Errors are `Failure`s: `not-found` for a repository or file that
 * is not there, `node-full`, `quota-exceeded`, `unavailable` for a disk that fails.
 */
export interface RepositoryStore {
  repositories(): Promise<string[]>;
  /**
   * The repositories that have a config, by name; what was not counted yet is now. `misnamed`: those under names
   * that none can have; `unreadable`: what may be some, for all that this process is let see.
   */
  holdings(): Promise<Holdings>;
  /** Counts a repository anew. `not-found` when there is none. */
  measure(repository: string): Promise<{ bytes: number; files: number }>;
  exists(repository: string): Promise<boolean>;
  /** Where it lies or would lie, for people. */
  location(repository: string): string;
  create(repository: string): Promise<void>;
  /** Batches, so that a list of a million files needs no more memory than one folder of them. */
  list(repository: string, kind: FileKind): AsyncIterable<StoredFile[]>;
  /** Bytes, or null when there is no such file. */
  stat(file: FileAddress): Promise<number | null>;
  /** The caller closes it. */
  open(file: FileAddress): Promise<ReadableFile>;
  receive(file: FileAddress, admission: Admission): Promise<FileSink>;
  /** Whether there was such a file; durable when it resolves. */
  remove(file: FileAddress): Promise<boolean>;
}

export interface Admission {
  /** Bytes announced, or null when the sender did not say. */
  expectedBytes: number | null;
  /** Locks and prune may use what is kept back on a full disk. */
  mayUseReserve: boolean;
}
