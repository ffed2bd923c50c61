import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobIndex } from './blob-index.ts';
import { packSizeOf } from './pack.ts';

const idOf = (text: string) => createHash('sha256').update(text).digest('hex');

const addition = fc.record({
  pack: fc.nat(5),
  blob: fc.nat(30),
  type: fc.constantFrom('data' as const, 'tree' as const),
  slot: fc.nat(8),
});

it('answers like a list of entries', () => {
  fc.assert(
    fc.property(
      fc.array(addition, { maxLength: 80 }),
      fc.array(fc.nat(5), { maxLength: 2 }),
      (additions, absent) => {
        const index = new BlobIndex();
        const entries = new Map<
          string,
          { packId: string; type: 'data' | 'tree'; id: string; offset: number }
        >();
        for (const { pack, blob, type, slot } of additions) {
          const entry = { packId: idOf(`p${pack}`), type, id: idOf(`b${blob}`), offset: slot * 100 };
          entries.set(JSON.stringify(entry), entry);
          index.add(entry.packId, [{ ...entry, length: 60, uncompressedLength: slot === 0 ? null : slot }]);
        }
        for (const pack of absent) index.markAbsent(idOf(`p${pack}`));
        const gone = new Set(absent.map((pack) => idOf(`p${pack}`)));
        const there = [...entries.values()].filter((entry) => !gone.has(entry.packId));
        expect(index.size).toBe(there.length);
        const key = (one: { packId: string; type: string; id: string; offset: number }) =>
          [one.packId, one.type, one.id, one.offset].join(' ');
        expect([...index.blobs()].map(key).sort()).toEqual(there.map(key).sort());
        const byPack = [...index.packs()].flatMap(({ packId, blobs }) =>
          blobs.map((one) => key({ ...one, packId })),
        );
        expect(byPack.sort()).toEqual(there.map(key).sort());
        const visited: string[] = [];
        index.forEachEntry((number, pack, type, length, compressed) => {
          const entry = index.entryAt(number);
          visited.push(key(entry));
          expect(number).toBeLessThan(index.entryCount);
          expect(pack).toBeLessThan(index.packCount);
          expect(index.packIdAt(pack)).toBe(entry.packId);
          expect([type, length]).toEqual([entry.type, entry.length]);
          expect(compressed).toBe(entry.uncompressedLength !== null);
          expect(index.firstEntryOf(number)).toBe(index.entryOf(type, Buffer.from(entry.id, 'hex')));
        });
        expect(visited.sort()).toEqual(there.map(key).sort());
        for (const type of ['data', 'tree'] as const) {
          for (let blob = 0; blob <= 31; blob += 1) {
            const id = idOf(`b${blob}`);
            const expected = there.filter((entry) => entry.type === type && entry.id === id);
            expect(index.has(type, id)).toBe(expected.length > 0);
            expect(index.lookup(type, id) !== undefined).toBe(expected.length > 0);
            const found = index.lookupAll(type, id).map((place) => key({ ...place, type, id }));
            expect(found.sort()).toEqual(expected.map(key).sort());
            const entry = index.entryOf(type, Buffer.from(`ff${id}`, 'hex'), 1);
            expect(entry >= 0).toBe(expected.length > 0);
            if (entry >= 0) expect(expected.map(key)).toContain(key(index.entryAt(entry)));
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('grows', () => {
  const index = new BlobIndex();
  const ids = Array.from({ length: 5000 }, (_, at) => idOf(String(at)));
  for (const [at, id] of ids.entries()) {
    index.add(idOf(`pack${at >> 3}`), [
      { type: 'data', id, offset: at * 50, length: 50, uncompressedLength: 99 },
    ]);
  }
  expect(index.size).toBe(5000);
  for (const [at, id] of ids.entries()) {
    expect(index.lookup('data', id)).toEqual({
      packId: idOf(`pack${at >> 3}`),
      offset: at * 50,
      length: 50,
      uncompressedLength: 99,
    });
    expect(index.has('tree', id)).toBe(false);
  }
});

it('knows how long a pack must be, whatever is said twice', () => {
  const index = new BlobIndex();
  const blobs = ['a', 'b', 'c'].map((name, at) => ({
    type: 'data' as const,
    id: idOf(name),
    offset: at * 100,
    length: 100,
    uncompressedLength: at === 0 ? null : 300,
  }));
  index.add(idOf('pack'), blobs);
  index.add(idOf('pack'), blobs);
  expect([...index.packSizes()]).toEqual([{ packId: idOf('pack'), size: packSizeOf(blobs), absent: false }]);
});

it('does not count the places of a blob that are known to be damaged, but later ones', () => {
  const index = new BlobIndex();
  const blob = { type: 'tree' as const, id: idOf('a'), offset: 0, length: 100, uncompressedLength: null };
  const other = { ...blob, id: idOf('b'), offset: 100 };
  const data = { ...blob, type: 'data' as const, offset: 200 };
  index.add(idOf('p'), [blob, other, data]);
  index.add(idOf('q'), [blob]);
  index.markDamaged('tree', blob.id);
  expect(index.has('tree', blob.id)).toBe(false);
  expect(index.has('data', blob.id)).toBe(true);
  expect([...index.blobs()].map(({ type, id }) => `${type} ${id}`)).toEqual([
    `tree ${other.id}`,
    `data ${data.id}`,
  ]);
  expect(index.size).toBe(2);
  // Told again by another index file, it is still the same place.
  index.add(idOf('p'), [blob]);
  expect(index.lookupAll('tree', blob.id)).toEqual([]);
  index.add(idOf('r'), [blob]);
  expect(index.lookupAll('tree', blob.id).map(({ packId }) => packId)).toEqual([idOf('r')]);
  expect(index.size).toBe(3);
  // What lies in the packs is the same as before: the header says so.
  expect([...index.packs()].map(({ blobs }) => blobs.length)).toEqual([3, 1, 1]);
  index.markAbsent(idOf('p'));
  index.markAbsent(idOf('q'));
  expect(index.size).toBe(1);
});
