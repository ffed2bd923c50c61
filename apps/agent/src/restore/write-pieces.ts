import { writeSync } from 'node:fs';

/** Holes are made of whole pages: smaller ones cost the file system more than they save. */
const PAGE_BYTES = 4096;
const zeros = Buffer.alloc(64 * 1024);

/** Writes all of `bytes` at `offset`. */
export function writeAllAt(file: number, bytes: Buffer, offset: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, offset + done);
}

/** Writes what is not zero; the file has holes, or zeros, where nothing is written. Its size is set elsewhere. */
export function writeSparselyAt(file: number, bytes: Buffer, offset: number): void {
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    // Pages of the file, not of the blob.
    const end = Math.min(bytes.length, at + PAGE_BYTES - ((offset + at) % PAGE_BYTES));
    if (isZero(bytes, at, end)) {
      if (from < at) writeAllAt(file, bytes.subarray(from, at), offset + from);
      from = end;
    }
    at = end;
  }
  if (from < bytes.length) writeAllAt(file, bytes.subarray(from), offset + from);
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  return bytes[from] === 0 && bytes.compare(zeros, 0, to - from, from, to) === 0;
}
