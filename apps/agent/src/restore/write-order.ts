import type { ExtendedAttribute } from '@breakwater/restic-format/tree';

/** What an entry is given once its content is there. */
export interface EntryMetadata {
  uid: number;
  gid: number;
  /** Permission bits of chmod(2). */
  mode: number;
  /** Access and modification time, as `timesBytes` makes them. */
  times: Uint8Array;
  attributes: readonly ExtendedAttribute[];
}

/** A file that pieces are written to. */
export interface OrderedFile {
  /** The open file; or its folder, when it is new and all of it is in this order. */
  descriptor: number;
  /** Null: `descriptor` is the file. Otherwise the name under which it is made. */
  name: Uint8Array | null;
  /** Given to the file after its last piece, which then is closed; null when others have pieces of it, too. */
  metadata: EntryMetadata | null;
  /** Bytes; needed for holes at the end. */
  size: number;
  /** Whether zeros may become holes. */
  sparse: boolean;
}

/**
 * Neighbouring blobs of one pack, read or to be read, and where their plaintext goes. What threads send each other,
 * so the many numbers lie in arrays.
 */
export interface WriteOrder {
  work: 'write';
  /** The sealed bytes, or the file of this machine to read them from. */
  source: Uint8Array | { path: string; offset: number; length: number };
  ids: string[];
  /** For each blob: offset in the source, sealed bytes, plaintext bytes (−1: not compressed), first piece. */
  blobs: Float64Array;
  /** For each piece: the file's place in `files`, offset in the file. */
  pieces: Float64Array;
  files: OrderedFile[];
}

/** Numbers of a blob, and of a piece. */
export const BLOB_WIDTH = 4;
export const PIECE_WIDTH = 2;

export interface FileError {
  /** Place in `files`. */
  file: number;
  /** The system's name of it (`ENOSPC`…) and its words. */
  code: string;
  message: string;
  /** Whether the file could not even be made. */
  opening: boolean;
}

/** What could not be given to entries for want of rights or support. */
export interface MetadataRefusals {
  owners: boolean;
  attributes: boolean;
}

export interface WriteResult {
  work: 'write';
  /** Blobs that are not whole here, by place, with the reason; nothing of them is written. */
  damaged: { blob: number; reason: string }[];
  errors: FileError[];
  refusals: MetadataRefusals;
}

/** Files whose content is compared with the blobs it should have. */
export interface CompareOrder {
  work: 'compare';
  files: {
    /** Open for reading; closed by the comparing thread. */
    descriptor: number;
    ids: string[];
    /** Plaintext bytes of each blob. */
    lengths: number[];
    /** Given to a file that is right as it is. */
    metadata: EntryMetadata | null;
  }[];
}

export interface ComparedFile {
  /** For each blob 1 when it is there already. */
  matches: Uint8Array;
  /** Bytes the file has. */
  size: number;
  error: { code: string; message: string } | null;
}

export interface CompareResult {
  work: 'compare';
  files: ComparedFile[];
  refusals: MetadataRefusals;
}
