import { Failure } from '@breakwater/domain/failure';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackedBlob } from './blob.ts';
import { randomKey, seal } from './crypto.ts';
import { decodeIndexFile, encodeIndexFile } from './index-file.ts';
import { OpenPack } from './open-pack.ts';
import {
  decodePackHeader,
  EAGER_HEADER_BYTES,
  encodePackHeader,
  packSizeOf,
  readPackHeader,
} from './pack.ts';
import { blobId, sealBlob } from './sealed-blob.ts';

const key = randomKey();
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const blobs: fc.Arbitrary<PackedBlob[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('data' as const, 'tree' as const),
      id,
      length: fc.integer({ min: 32, max: 9_000_000 }),
      uncompressedLength: fc.option(fc.integer({ min: 1, max: 0xffff_ffff })),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((entries) => {
    let offset = 0;
    return entries.map((entry) => {
      const blob = { ...entry, offset };
      offset += entry.length;
      return blob;
    });
  });

describe('pack header', () => {
  it('keeps its blobs', () => {
    fc.assert(
      fc.property(blobs, (entries) => {
        expect(decodePackHeader(encodePackHeader(entries), 'p')).toEqual(entries);
      }),
    );
  });

  it('gives blobs or a Failure for anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(decodePackHeader(Buffer.from(bytes), 'p')).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});

describe('a finished pack', () => {
  const pack = new OpenPack('data', Buffer.alloc(100_000));
  const plaintexts = Array.from({ length: 20 }, (_, at) => randomBytes(at * 100));
  for (const plaintext of plaintexts) pack.add(sealBlob(key, 2, 'data', plaintext, blobId(plaintext)));
  const finished = pack.finish(key);
  const bytes = Buffer.concat(finished.parts);

  it('has the size its blobs tell', () => {
    expect(bytes.length).toBe(finished.size);
    expect(packSizeOf(finished.blobs)).toBe(finished.size);
    expect(finished.packId).toBe(blobId(bytes));
  });

  it('is read from its end', () => {
    const first = readPackHeader(key, finished.packId, bytes.length, bytes.subarray(-EAGER_HEADER_BYTES));
    expect(first.found).toBe('more');
    const needed = first.found === 'more' ? first.bytesNeeded : 0;
    const second = readPackHeader(key, finished.packId, bytes.length, bytes.subarray(-needed));
    expect(second).toEqual({ found: 'header', blobs: finished.blobs });
  });

  it('is refused when cut, swapped, or not a pack', () => {
    for (const damaged of [
      bytes.subarray(0, -1),
      bytes.subarray(1),
      Buffer.alloc(0),
      Buffer.alloc(100),
      randomBytes(5000),
      Buffer.concat([bytes, Buffer.of(0, 0, 0, 0)]),
    ]) {
      expect(() => readPackHeader(key, 'p123', damaged.length, damaged)).toThrow(/p123/);
    }
    expect(() => readPackHeader(randomKey(), 'p123', bytes.length, bytes)).toThrow(/authentication code/);
  });

  it('is refused when a header is sealed that lies', () => {
    const header = seal(key, encodePackHeader(finished.blobs.slice(1)));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const lying = Buffer.concat([randomBytes(500), header, length]);
    expect(() => readPackHeader(key, 'p123', lying.length, lying)).toThrow(/does not fit its size/);
  });
});

describe('index file', () => {
  it('keeps packs and blobs', () => {
    const packs = fc.array(fc.record({ packId: id, blobs }), { maxLength: 4 });
    fc.assert(
      fc.property(packs, fc.array(id, { maxLength: 2 }), (entries, supersedes) => {
        const file = { packs: entries, supersedes };
        expect(decodeIndexFile(encodeIndexFile(file), 'i')).toEqual(file);
      }),
    );
  });

  it('is written as restic writes it', () => {
    const one = 'a'.repeat(64);
    const two = 'b'.repeat(64);
    const entry = { type: 'data' as const, id: two, offset: 0, length: 38 };
    const json = encodeIndexFile({
      supersedes: [],
      packs: [
        {
          packId: one,
          blobs: [
            { ...entry, uncompressedLength: null },
            { ...entry, type: 'tree', offset: 38, length: 112, uncompressedLength: 511 },
          ],
        },
      ],
    });
    expect(json.toString()).toBe(
      `{"packs":[{"id":"${one}","blobs":[{"id":"${two}","type":"data","offset":0,"length":38},` +
        `{"id":"${two}","type":"tree","offset":38,"length":112,"uncompressed_length":511}]}]}\n`,
    );
  });

  it.each([
    'null',
    '{"packs":7}',
    '{"packs":[{"id":"x"}]}',
    `{"packs":[{"id":"${'a'.repeat(64)}","blobs":[{}]}]}`,
    `{"packs":[{"id":"${'a'.repeat(64)}","blobs":[{"id":"${'b'.repeat(64)}","type":"data","offset":-1,"length":40}]}]}`,
    `{"packs":[{"id":"${'a'.repeat(64)}","blobs":[{"id":"${'b'.repeat(64)}","type":"data","offset":0,"length":31}]}]}`,
    `{"packs":[{"id":"${'a'.repeat(64)}","blobs":[{"id":"${'b'.repeat(64)}","type":"none","offset":0,"length":40}]}]}`,
    `{"supersedes":["x"]}`,
  ])('refuses %s, naming the file', (json) => {
    expect(() => decodeIndexFile(Buffer.from(json), 'i123')).toThrow(/i123/);
  });
});
