import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compress, decompress } from './zstd.ts';
import { compressedBound, ZstdCompressor } from './zstd-compressor.ts';

const samples = [
  Buffer.from('x'),
  randomBytes(70_000),
  Buffer.alloc(3_000_000, 'text '),
  randomBytes(9_000_000),
  Buffer.concat([randomBytes(5000), Buffer.alloc(50_000, 'again ')]),
];

describe('ZstdCompressor', () => {
  it('is linked with the zstd of the Node that we ship', () => {
    expect(new ZstdCompressor().isLinked).toBe(true);
  });

  it('makes the frames that a context of their own makes, one after the other', () => {
    const compressor = new ZstdCompressor();
    for (const sample of [...samples, ...samples.toReversed()]) {
      const out = Buffer.alloc(compressedBound(sample.length), 0xff);
      const length = compressor.compressInto(sample, out);
      expect(out.subarray(0, length).equals(compress(sample))).toBe(true);
      expect(decompress(out.subarray(0, length), sample.length)?.equals(sample)).toBe(true);
    }
  });

  it('takes and fills shared memory', () => {
    const compressor = new ZstdCompressor();
    const plaintext = Buffer.from(new SharedArrayBuffer(100_000));
    randomBytes(50_000).copy(plaintext);
    const out = Buffer.from(new SharedArrayBuffer(compressedBound(plaintext.length)));
    const length = compressor.compressInto(plaintext, out);
    expect(out.subarray(0, length).equals(compress(plaintext))).toBe(true);
  });

  it('refuses room that is too small, and works on', () => {
    const compressor = new ZstdCompressor();
    const sample = randomBytes(10_000);
    expect(() => compressor.compressInto(sample, Buffer.alloc(5000))).toThrow(RangeError);
    const out = Buffer.alloc(compressedBound(sample.length));
    expect(out.subarray(0, compressor.compressInto(sample, out)).equals(compress(sample))).toBe(true);
  });
});
