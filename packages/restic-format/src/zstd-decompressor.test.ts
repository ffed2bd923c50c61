import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compress } from './zstd.ts';
import { ZstdDecompressor } from './zstd-decompressor.ts';

describe('ZstdDecompressor', () => {
  it('is linked with the zstd of the Node that we ship', () => {
    expect(new ZstdDecompressor().isLinked).toBe(true);
  });

  it('gives back what was compressed, frame after frame', () => {
    const decompressor = new ZstdDecompressor();
    const samples = [
      Buffer.alloc(0),
      Buffer.from('x'),
      randomBytes(70_000),
      Buffer.alloc(3_000_000, 'text '),
      randomBytes(9_000_000),
    ];
    for (const sample of [...samples, ...samples.toReversed()]) {
      const out = Buffer.alloc(sample.length, 0xff);
      expect(decompressor.decompressInto(compress(sample), out)).toBe(true);
      expect(out.equals(sample)).toBe(true);
    }
  });

  it('refuses damaged frames and other lengths, and works on after each', () => {
    const decompressor = new ZstdDecompressor();
    const sample = Buffer.concat([randomBytes(5000), Buffer.alloc(50_000, 'again ')]);
    const good = compress(sample);
    const cut = good.subarray(0, good.length - 1);
    const bent = Buffer.from(good);
    bent.writeUInt8(bent.readUInt8(1) ^ 0xff, 1);
    const two = Buffer.concat([good, good]);
    for (const bad of [Buffer.alloc(0), Buffer.from('no frame at all'), cut, bent, two]) {
      expect(decompressor.decompressInto(bad, Buffer.alloc(sample.length))).toBe(false);
      expect(decompressor.decompressInto(good, Buffer.alloc(sample.length - 1))).toBe(false);
      expect(decompressor.decompressInto(good, Buffer.alloc(sample.length + 1))).toBe(false);
      const out = Buffer.alloc(sample.length);
      expect(decompressor.decompressInto(good, out)).toBe(true);
      expect(out.equals(sample)).toBe(true);
    }
  });
});
