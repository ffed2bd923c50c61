import type { PackSource } from '@breakwater/restic-format/pack-source';
import type { MetadataRefusals } from './apply-metadata.ts';
import type { FileTable } from './file-table.ts';

/**
 * Neighbouring blobs of one pack, read or to be read, and where their plaintext goes. What threads send each other,
 * so what is many lies in arrays.
 */
export interface WriteOrder {
  work: 'write';
  /** The sealed bytes. */
  source: PackSource;
  /** 64 hex digits each. */
  ids: string;
  /** For each blob: offset in the source, sealed bytes, plaintext bytes (−1: not compressed), first piece. */
  blobs: Float64Array;
  /** For each piece: the file's place in `files`, offset in the file. */
  pieces: Float64Array;
  /** Those with metadata are whole after this order. Those that are made here are closed here. */
  files: FileTable;
}

/** Numbers of a blob, and of a piece; hex digits of an id. */
export const BLOB_WIDTH = 4;
export const PIECE_WIDTH = 2;
export const ID_DIGITS = 64;

export interface FileError {
  /** Place in `files`. */
  file: number;
  /** The system's name of it (`ENOSPC`…) and its words. */
  code: string;
  message: string;
  /** Whether the file could not even be made. */
  opening: boolean;
}

export interface WriteResult {
  work: 'write';
  /** Blobs that are not whole here, by place, with the reason; nothing of them is written. */
  damaged: { blob: number; reason: string }[];
  errors: FileError[];
  refusals: MetadataRefusals;
}

/** Open files whose content is compared with the blobs it should have; they are closed afterwards. */
export interface CompareOrder {
  work: 'compare';
  /** Those with metadata are given it when their content is right. */
  files: FileTable;
  /** Of the files, one after the other: number of blobs. */
  counts: number[];
  ids: string;
  /** Plaintext bytes of each blob. */
  lengths: number[];
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
