import type { ClonedKey } from '@breakwater/restic-format/cloned-key';
import type { ExpectedChunk } from '@breakwater/restic-format/cut-window';
import type { ScannerMemory } from '@breakwater/restic-format/rabin-scan';

/** What the main thread asks of a reading thread. Addresses are those of the memory they share. */
export type Order = ReadOrder | CutOrder | SealOrder;
export type Answer = ReadAnswer | CutAnswer | SealAnswer;

/** Read small files whole, one behind the other, and hash them. */
export interface ReadOrder {
  order: 'read';
  at: number;
  /** As node:fs takes them: text, or bytes where the name is not UTF-8. */
  paths: (string | Uint8Array)[];
  /** Room for the content of each, bytes: its size when it was looked at. */
  rooms: Uint32Array;
}

/** What became of each file stands in the batch's `ReadRecords`; why, of those that could not be read, here. */
export interface ReadAnswer {
  order: 'read';
  errors: Map<number, PlainError>;
}

/** Read a part of a large file, cut and hash it. */
export interface CutOrder {
  order: 'cut';
  file: number;
  /** Where a chunk begins in the file. */
  offset: number;
  /** So many bytes from there are known to hold no cut. */
  scanned: number;
  at: number;
  bytes: number;
  /** Nothing behind these bytes is wanted. */
  isLast: boolean;
  expected: [address: number, chunk: ExpectedChunk][];
}

export type CutAnswer =
  | { order: 'cut'; chunks: ExpectedChunk[]; rest: number; isLast: boolean; error: null }
  | { order: 'cut'; error: PlainError };

/** Seal blobs of data that lie in the shared memory. */
export interface SealOrder {
  order: 'seal';
  /** Where each lies and how long it is, in turns. */
  places: Uint32Array;
  /** Their ids, one behind the other: copied as one. */
  ids: string;
  /** Where the sealed blobs go, one behind the other: there is room (`SEALED_BYTES`). */
  out: number;
}

export interface SealAnswer {
  order: 'seal';
  lengths: Uint32Array;
}

/** A system error that has passed from one thread to the other. */
export interface PlainError {
  code: string | null;
  message: string;
}

export function plainError(error: unknown): PlainError {
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: code ?? null, message };
}

export function asError({ code, message }: PlainError): Error {
  return Object.assign(new Error(message), code === null ? {} : { code });
}

/** What a reading thread is started with. */
export interface ReadingThreadData {
  memory: ScannerMemory;
  key: ClonedKey;
  version: 1 | 2;
}
