import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chunker, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunker.ts';
import { cutWindow, type ExpectedChunk } from './cut-window.ts';
import { createScannerMemory, RabinScanner, SCANNER_BYTES } from './rabin-scan.ts';
import { blobId } from './sealed-blob.ts';

const MIB = 1024 * 1024;
const polynomial = 0x3da3358b4dc173n;
const memory = createScannerMemory(polynomial, 24 * MIB);
const bytes = Buffer.from(memory.buffer);
const scanner = new RabinScanner(memory);
const chunker = new Chunker(polynomial);

/** By the reference, which is tested against restic. */
function wanted(file: Buffer): ExpectedChunk[] {
  chunker.reset();
  const chunks: ExpectedChunk[] = [];
  let from = 0;
  const add = (to: number) => chunks.push({ length: to - from, id: blobId(file.subarray(from, to)) });
  for (let cut = chunker.next(file, 0, file.length); cut >= 0; cut = chunker.next(file, from, file.length)) {
    add(cut);
    from = cut;
  }
  if (from < file.length) add(file.length);
  return chunks;
}

/** In windows of `windowBytes(n)`, at any address, as a file is cut that is larger than a window. */
function found(
  file: Buffer,
  windowBytes: (n: number) => number,
  expected: (offset: number) => [number, ExpectedChunk][] = () => [],
): ExpectedChunk[] {
  const all: ExpectedChunk[] = [];
  let offset = 0;
  let scanned = 0;
  for (let n = 0; offset < file.length; n += 1) {
    const from = SCANNER_BYTES + (n % 7);
    const length = Math.min(file.length - offset, scanned + windowBytes(n));
    file.copy(bytes, from, offset, offset + length);
    const isLast = offset + length === file.length;
    const shifted = new Map(expected(offset).map(([at, chunk]) => [from + at - offset, chunk]));
    const { chunks, rest } = cutWindow(scanner, bytes, {
      ...{ from, end: from + length, isLast, scanned, expected: shifted },
    });
    all.push(...chunks);
    offset += length - rest;
    scanned = rest;
  }
  return all;
}

/** Random bytes, with stretches that never match and stretches of zeros, which always do. */
function sample(seed: number, parts: readonly number[]): Buffer {
  return Buffer.concat(
    parts.map((length, at) => {
      const kind = (seed + at) % 4;
      return kind === 0 ? Buffer.alloc(length) : kind === 1 ? Buffer.alloc(length, 1) : randomBytes(length);
    }),
  );
}

function boundaries(chunks: readonly ExpectedChunk[]): [number, ExpectedChunk][] {
  let at = 0;
  return chunks.map((chunk) => {
    const start = at;
    at += chunk.length;
    return [start, chunk];
  });
}

describe('cutWindow', () => {
  it('cuts as the chunker does, whatever the windows', () => {
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.array(fc.integer({ min: 1, max: 2 * MIB }), { minLength: 1, maxLength: 4 }),
        // Each window is laid beside all that has found no cut yet: windows of a few bytes would take minutes.
        fc.array(fc.integer({ min: 40_000, max: 3 * MIB }), { minLength: 1, maxLength: 5 }),
        (seed, parts, windows) => {
          const file = sample(seed, parts);
          expect(found(file, (n) => windows[n % windows.length] ?? MIB)).toEqual(wanted(file));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('cuts at the maximum, at the minimum, and leaves small files whole', () => {
    for (const file of [
      Buffer.alloc(2 * MAX_CHUNK_BYTES + 5, 1),
      Buffer.alloc(MIN_CHUNK_BYTES * 2 + 1),
      Buffer.alloc(MIN_CHUNK_BYTES),
      randomBytes(MIN_CHUNK_BYTES - 1),
    ]) {
      expect(found(file, () => 9 * MIB)).toEqual(wanted(file));
    }
  });

  it('cuts alike with chunks of an earlier version at hand, changed wherever it was', () => {
    const before = randomBytes(8 * MIB);
    const known = boundaries(wanted(before));
    fc.assert(
      fc.property(
        fc.nat(before.length - 1),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (at, removed, inserted) => {
          const after = Buffer.concat([
            before.subarray(0, at),
            randomBytes(inserted),
            before.subarray(at + removed),
          ]);
          expect(
            found(
              after,
              () => 3 * MIB,
              () => known,
            ),
          ).toEqual(wanted(after));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('does not believe in chunks that another polynomial cut', () => {
    const file = randomBytes(3 * MIB);
    const foreign = boundaries(
      [MIB, MIB, MIB].map((length, n) => ({ length, id: blobId(file.subarray(n * MIB, n * MIB + length)) })),
    );
    expect(
      found(
        file,
        () => 3 * MIB,
        () => foreign,
      ),
    ).toEqual(wanted(file));
  });
});
