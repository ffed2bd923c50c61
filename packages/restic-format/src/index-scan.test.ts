import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackedBlob } from './blob.ts';
import { BlobIndex } from './blob-index.ts';
import { decodeIndexFile, encodeIndexFile, type IndexFile } from './index-file.ts';
import { scanIndexFile } from './index-scan.ts';

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const blob: fc.Arbitrary<PackedBlob> = fc.record({
  type: fc.constantFrom('data' as const, 'tree' as const),
  id,
  offset: fc.integer({ min: 0, max: 0xffff_ffff }),
  length: fc.integer({ min: 32, max: 0xffff_ffff }),
  uncompressedLength: fc.option(fc.integer({ min: 1, max: 0xffff_ffff })),
});
const file: fc.Arbitrary<IndexFile> = fc.record({
  supersedes: fc.constant([]),
  packs: fc.array(fc.record({ packId: id, blobs: fc.array(blob, { maxLength: 6 }) }), { maxLength: 5 }),
});

function contentOf(index: BlobIndex): unknown {
  return { packs: [...index.packs()], sizes: [...index.packSizes()], size: index.size };
}

function parsed(json: Buffer): unknown {
  const index = new BlobIndex();
  for (const { packId, blobs } of decodeIndexFile(json, 'a test').packs) index.add(packId, blobs);
  return contentOf(index);
}

describe('scanIndexFile', () => {
  it('tells what the parser tells', () => {
    fc.assert(
      fc.property(file, (one) => {
        const json = encodeIndexFile(one);
        const scanned = scanIndexFile(json);
        const index = new BlobIndex();
        const packs = index.addScanned(scanned ?? expect.fail('not scanned'));
        expect(packs).toHaveLength(one.packs.length);
        expect(contentOf(index)).toEqual(parsed(json));
        for (const { packId, blobs } of one.packs) {
          for (const { type, id: blobId } of blobs) {
            expect(index.lookupAll(type, blobId).some((place) => place.packId === packId)).toBe(true);
          }
        }
      }),
    );
  });

  it('takes what it takes as the parser does, whatever a byte becomes', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(255), (one, at, byte) => {
        const json = encodeIndexFile(one);
        json[at % json.length] = byte;
        const scanned = scanIndexFile(json);
        if (scanned === null) return;
        const index = new BlobIndex();
        index.addScanned(scanned);
        expect(contentOf(index)).toEqual(parsed(json));
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves every other shape to the parser', () => {
    const entry = `{"id":"${'a'.repeat(64)}","type":"data","offset":0,"length":40}`;
    const whole = (blobs: string) =>
      Buffer.from(`{"packs":[{"id":"${'b'.repeat(64)}","blobs":[${blobs}]}]}\n`);
    expect(scanIndexFile(whole(entry))?.blobs).toBe(1);
    expect(scanIndexFile(whole(''))?.blobs).toBe(0);
    for (const other of [
      entry.replace('40', '31'),
      entry.replace('40', '040'),
      entry.replace('40', '4294967296'),
      entry.replace('40', '4e1'),
      entry.replace('data', 'blob'),
      entry.replace('aa', 'aA'),
      entry.replace('"offset"', '"Offset"'),
      `${entry},`,
      ` ${entry}`,
    ]) {
      expect(scanIndexFile(whole(other))).toBeNull();
    }
    // JSON has only four kinds of white space.
    expect(scanIndexFile(Buffer.from('{"packs":[]}\f'))).toBeNull();
    expect(scanIndexFile(Buffer.from('{"packs":[]}x'))).toBeNull();
    expect(scanIndexFile(Buffer.from('{"packs":[]'))).toBeNull();
    expect(scanIndexFile(Buffer.from(''))).toBeNull();
  });
});
