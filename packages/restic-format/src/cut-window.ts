import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunker.ts';
import type { RabinScanner } from './rabin-scan.ts';
import { blobId } from './sealed-blob.ts';

/** A chunk that may be at a place, because an earlier version of the file had it there. */
export interface ExpectedChunk {
  length: number;
  id: string;
}

/** Part of a file in a scanner's memory: from a chunk's first byte on. */
export interface FileWindow {
  /** Addresses of the first byte and behind the last. */
  from: number;
  end: number;
  /** No byte of the file follows. */
  isLast: boolean;
  /** So many bytes from `from` on are known to hold no cut: what the window before left over. */
  scanned: number;
  /** What may be, by address. */
  expected: ReadonlyMap<number, ExpectedChunk>;
}

export interface CutChunks {
  chunks: ExpectedChunk[];
  /** Bytes behind the last chunk, to begin the next window with; they hold no cut. */
  rest: number;
}

/**
 * Cuts and hashes what is in a window as restic would (see `Chunker`). A chunk that is expected and has the expected
 * hash is one without a search: the same bytes are cut the same, and hashing is three times as fast as searching.
 */
export function cutWindow(scanner: RabinScanner, memory: Buffer, window: FileWindow): CutChunks {
  const chunks: ExpectedChunk[] = [];
  let start = window.from;
  let scanned = window.scanned;
  while (start < window.end) {
    const expected = scanned === 0 ? matching(scanner, memory, window, start) : null;
    if (expected !== null) {
      chunks.push(expected);
      start += expected.length;
      continue;
    }
    const cut = nextCut(scanner, start, scanned, window);
    if (cut === 0) break;
    chunks.push({ length: cut - start, id: blobId(memory.subarray(start, cut)) });
    start = cut;
    scanned = 0;
  }
  return { chunks, rest: window.end - start };
}

/** Where the chunk that begins at `start` ends, or 0 when that is behind the window. */
function nextCut(scanner: RabinScanner, start: number, scanned: number, { end, isLast }: FileWindow): number {
  // A cut may be where the chunk has its minimum: the last byte before is where the search begins.
  const from = start + Math.max(MIN_CHUNK_BYTES - 1, scanned);
  const limit = Math.min(end, start + MAX_CHUNK_BYTES);
  const cut = scanner.firstCut(from, limit);
  if (cut !== 0) return cut;
  return isLast || limit - start === MAX_CHUNK_BYTES ? limit : 0;
}

function matching(
  scanner: RabinScanner,
  memory: Buffer,
  { end, isLast, expected }: FileWindow,
  start: number,
): ExpectedChunk | null {
  const chunk = expected.get(start);
  if (chunk === undefined) return null;
  const cut = start + chunk.length;
  if (cut > end || chunk.length > MAX_CHUNK_BYTES) return null;
  // Also a guard against chunks that another polynomial cut.
  const isEnd = isLast && cut === end;
  const mayEnd =
    isEnd || chunk.length === MAX_CHUNK_BYTES || (chunk.length >= MIN_CHUNK_BYTES && scanner.isCut(cut));
  return mayEnd && blobId(memory.subarray(start, cut)) === chunk.id ? chunk : null;
}
