import type { ClonedKey } from '@breakwater/restic-format/cloned-key';
import type { ExpectedChunk } from '@breakwater/restic-format/cut-window';
import type { ScannerMemory } from '@breakwater/restic-format/rabin-scan';
import type { NodeStat } from '../../source/node-from-stat.ts';

/** What the main thread asks of a reading thread. Addresses are those of the memory they share. */
export type Order = ReadOrder | CutOrder | SealOrder;
export type Answer = ReadAnswer | CutAnswer | SealAnswer;

/** Read small files whole, one behind the other, and hash them. */
export interface ReadOrder {
  order: 'read';
  at: number;
  files: SmallFile[];
}

export interface SmallFile {
  /** As node:fs takes it: text, or bytes where the name is not UTF-8. */
  path: string | Uint8Array;
  /** Room for its content, bytes: its size when it was looked at. */
  room: number;
}

export interface ReadAnswer {
  order: 'read';
  /** In the order of the files. */
  files: SmallFileAnswer[];
}

export type SmallFileAnswer =
  /** `bytes` may be fewer than the size: it was cut short while it was read. Empty content has no id. */
  | { got: 'content'; stat: NodeStat; bytes: number; id: string }
  /** It has become another thing, or has outgrown its room: to be looked at anew. */
  | { got: 'other' }
  | { got: 'error'; error: PlainError };

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
  blobs: { at: number; length: number; id: string }[];
  /** Where the sealed blobs go, one behind the other: there is room (`SEALED_BYTES`). */
  out: number;
}

export interface SealAnswer {
  order: 'seal';
  lengths: number[];
  uncompressedLengths: (number | null)[];
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
