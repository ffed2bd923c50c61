import { BlobIndex } from '@breakwater/restic-format/blob-index';
import { describe, expect, it } from 'vitest';
import { ParentChunks } from './parent-chunks.ts';

const ids = Array.from({ length: 4 }, (_, n) => String(n).repeat(64));
const lengths = [1000, 600, 700, 800];
const index = new BlobIndex();
index.add(
  'f'.repeat(64),
  ids.map((id, n) => ({
    type: 'data' as const,
    id,
    offset: n * 2000,
    length: 500,
    uncompressedLength: lengths[n] ?? 0,
  })),
);
const chunk = (n: number) => ({ id: ids[n] ?? '', length: lengths[n] ?? 0 });

describe('ParentChunks', () => {
  it('expects each chunk where it was', () => {
    const parent = new ParentChunks(ids, index);
    expect(parent.near(0, 1700)).toEqual([
      [0, chunk(0)],
      [1000, chunk(1)],
      [1600, chunk(2)],
    ]);
    expect(parent.near(1100, 1000)).toEqual([[500, chunk(2)]]);
    expect(parent.near(4000, 1000)).toEqual([]);
  });

  it('learns how far what follows has moved', () => {
    const parent = new ParentChunks(ids, index);
    parent.note(0, [chunk(0), { id: 'e'.repeat(64), length: 50 }, chunk(1)]);
    expect(parent.near(1650, 800)).toEqual([
      [0, chunk(2)],
      [700, chunk(3)],
    ]);
  });

  it('expects nothing behind a blob whose length is not known', () => {
    const parent = new ParentChunks([ids[0] ?? '', 'd'.repeat(64), ids[1] ?? ''], index);
    expect(parent.near(0, 10_000)).toEqual([[0, chunk(0)]]);
  });
});
