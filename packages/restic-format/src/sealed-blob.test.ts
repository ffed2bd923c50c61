import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BlobSealer, sealedBound } from './blob-sealer.ts';
import { randomKey, seal } from './crypto.ts';
import { BlobOpener, blobId, openBlob, sealBlob } from './sealed-blob.ts';
import { openUnpacked, sealUnpacked } from './unpacked-file.ts';
import { compress, decompress } from './zstd.ts';

const key = randomKey();

describe('zstd', () => {
  it.each([0, 1, 100, 65_536, 1_000_000])('keeps %d bytes, given just that much room', (length) => {
    for (const bytes of [randomBytes(length), Buffer.alloc(length, 'ab')]) {
      expect(decompress(compress(bytes), length)?.equals(bytes)).toBe(true);
    }
  });

  it('never makes more than it may', () => {
    const bomb = compress(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(decompress(bomb, 49_999_999)).toBeNull();
    expect(decompress(bomb, 10)).toBeNull();
    expect(decompress(randomBytes(100), 1000)).toBeNull();
  });
});

describe('a sealed blob', () => {
  const plaintext = Buffer.from('some text, '.repeat(1000));
  const id = blobId(plaintext);

  it('is compressed in format version 2, not in 1, and never when empty', () => {
    expect(sealBlob(key, 2, 'data', plaintext, id).bytes.length).toBeLessThan(1000);
    expect(sealBlob(key, 1, 'data', plaintext, id)).toMatchObject({ uncompressedLength: null });
    const empty = sealBlob(key, 2, 'tree', Buffer.alloc(0), blobId(Buffer.alloc(0)));
    expect(empty).toMatchObject({ uncompressedLength: null });
    expect(empty.bytes.length).toBe(32);
  });

  it('is not made when its bytes are not its id’s', () => {
    expect(() => sealBlob(key, 2, 'data', plaintext, blobId(Buffer.from('x')))).toThrow(/came out damaged/);
  });

  it('tells why it does not open', () => {
    const sealed = sealBlob(key, 2, 'data', plaintext, id);
    const expected = { type: 'data' as const, id, uncompressedLength: plaintext.length };
    expect(openBlob(key, sealed.bytes, expected)).toEqual({ ok: true, plaintext });
    const reasons = [
      openBlob(randomKey(), sealed.bytes, expected),
      openBlob(key, sealed.bytes, { ...expected, uncompressedLength: 10 }),
      openBlob(key, sealed.bytes, { ...expected, uncompressedLength: 0xffff_ffff }),
      openBlob(key, sealed.bytes, { ...expected, uncompressedLength: null }),
      openBlob(key, seal(key, randomBytes(50)), expected),
    ].map((result) => (result.ok ? 'opened' : result.reason));
    expect(reasons).toEqual([
      'its authentication code does not match',
      'it does not decompress',
      'its length is absurd',
      'its hash is another',
      'it does not decompress',
    ]);
  });
});

describe('BlobOpener', () => {
  it('opens blobs of any size and form after each other, and says what openBlob says', () => {
    const opener = new BlobOpener(key);
    for (const length of [10, 100_000, 0, 3000, 20_000]) {
      for (const version of [1, 2] as const) {
        const plaintext = randomBytes(length);
        const id = blobId(plaintext);
        const { bytes, uncompressedLength } = sealBlob(key, version, 'data', plaintext, id);
        const expected = { type: 'data' as const, id, uncompressedLength };
        expect(opener.open(bytes, expected)).toEqual({ ok: true, plaintext });
        bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
        expect(opener.open(bytes, expected)).toEqual(openBlob(key, bytes, expected));
      }
    }
  });
});

describe('BlobSealer', () => {
  it('seals blobs of any size into one memory, and each opens', () => {
    for (const version of [1, 2] as const) {
      const sealer = new BlobSealer(key, version);
      const target = Buffer.from(new SharedArrayBuffer(sealedBound(100_000)));
      for (const length of [10, 100_000, 0, 3000, 20_000]) {
        for (const plaintext of [randomBytes(length), Buffer.alloc(length, 'text ')]) {
          const id = blobId(plaintext);
          const made = sealer.sealInto('data', plaintext, id, target);
          expect(made.uncompressedLength).toBe(version === 2 && length > 0 ? length : null);
          const opened = openBlob(key, target.subarray(0, made.length), {
            type: 'data',
            id,
            uncompressedLength: made.uncompressedLength,
          });
          expect(opened).toEqual({ ok: true, plaintext });
        }
      }
    }
  });

  it('refuses to hand out what does not open to its id', () => {
    const sealer = new BlobSealer(key, 2);
    const target = Buffer.alloc(sealedBound(10));
    expect(() => sealer.sealInto('data', randomBytes(10), blobId(randomBytes(10)), target)).toThrow(
      /damaged/,
    );
  });
});

describe('index, snapshot and lock files', () => {
  const json = Buffer.from('{"a":1}');

  it('are read in every encoding there is', () => {
    expect(openUnpacked(key, sealUnpacked(key, 1, json), 'x').equals(json)).toBe(true);
    expect(openUnpacked(key, sealUnpacked(key, 2, json), 'x').equals(json)).toBe(true);
    expect(openUnpacked(key, seal(key, Buffer.from('[]')), 'x').toString()).toBe('[]');
  });

  it('are refused in others, by name', () => {
    const version3 = seal(key, Buffer.from([3, 1, 2]));
    expect(() => openUnpacked(key, version3, 'index 123')).toThrow(/index 123: encoding 3/);
    expect(() => openUnpacked(key, seal(key, Buffer.from([2, 1, 2])), 'index 123')).toThrow(
      /does not decompress/,
    );
    expect(() => openUnpacked(key, randomBytes(90), 'index 123')).toThrow(/index 123.*authentication/);
  });
});
