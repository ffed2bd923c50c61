import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { BlobType } from './blob.ts';
import type { BulkBlob } from './bulk-job.ts';
import { BulkPool } from './bulk-pool.ts';
import { randomKey, type RepositoryKey, seal } from './crypto.ts';
import { blobId, openBlob, sealBlob } from './sealed-blob.ts';

const ids = Array.from({ length: 4 }, () => blobId(randomBytes(8)));
const treeJson = JSON.stringify({
  nodes: [
    { name: '"subtree":"x"', type: 'file', content: [ids[0], ids[1]] },
    { name: 'empty', type: 'file', content: [] },
    { name: 'link', type: 'symlink', content: null },
    { name: 'folder', type: 'dir', subtree: ids[2] },
  ],
});

/** Sealed blobs one after the other; those without `compress` lie there as format version 1 has them. */
function sealed(
  key: RepositoryKey,
  blobs: readonly { type: BlobType; plain: Buffer; compress: boolean }[],
): { bytes: Buffer; blobs: BulkBlob[] } {
  const parts: Buffer[] = [];
  const listed: BulkBlob[] = [];
  let offset = 0;
  for (const { type, plain, compress } of blobs) {
    const id = blobId(plain);
    const { bytes, uncompressedLength } = sealBlob(key, compress ? 2 : 1, type, plain, id);
    listed.push({ type, id, offset, length: bytes.length, uncompressedLength });
    parts.push(bytes);
    offset += bytes.length;
  }
  return { bytes: Buffer.concat(parts), blobs: listed };
}

// The first size is done in this thread, the second in others.
it.each([50, 300_000])('moves and verifies blobs of about %i bytes', async (size) => {
  const [from, to] = [randomKey(), randomKey()];
  const plains = [
    { type: 'data', plain: Buffer.alloc(size, 'abc'), compress: true },
    { type: 'data', plain: randomBytes(size), compress: false },
    { type: 'data', plain: Buffer.of(), compress: true },
    { type: 'tree', plain: randomBytes(size), compress: true },
  ] as const;
  const pool = new BulkPool([from, to], {}, { threads: 2, patience: 0 });
  try {
    for (const toKey of [0, 1]) {
      const { bytes, blobs } = sealed(from, plains);
      const original = Buffer.from(bytes);
      const third = blobs[3];
      if (third === undefined) throw new Error('four blobs were made');
      bytes[third.offset + 20] = (bytes[third.offset + 20] ?? 0) ^ 1;
      const moved = await pool.move({ key: 0, toKey, toVersion: 2, source: bytes, blobs });
      if (moved.work === 'unread') throw new Error('the bytes were at hand');
      expect(moved.damaged).toEqual([{ at: 3, reason: 'its authentication code does not match' }]);
      for (const [at, blob] of blobs.slice(0, 3).entries()) {
        const start = moved.offsets[at] ?? 0;
        const part = moved.bytes.subarray(start, start + (moved.lengths[at] ?? 0));
        const uncompressedLength = moved.uncompressed[at] || null;
        const opened = openBlob(toKey === 0 ? from : to, part, { ...blob, uncompressedLength });
        expect(opened).toMatchObject({ ok: true, plaintext: plains[at]?.plain });
        // Version 2 compresses whatever is not empty.
        expect(uncompressedLength).toBe(plains[at]?.plain.length || null);
        const old = original.subarray(blob.offset, blob.offset + blob.length);
        // The same key: what is compressed keeps its bytes.
        expect(Buffer.from(part).equals(old)).toBe(toKey === 0 && at !== 1);
      }
    }
  } finally {
    await pool.close();
  }
});

it.each([1, 400])('finds what %i trees refer to', async (count) => {
  const key = randomKey();
  const trees = Array.from({ length: count }, () => ({
    type: 'tree' as const,
    plain: Buffer.from(treeJson.padEnd(2000)),
    compress: false,
  }));
  const pool = new BulkPool([key], {}, { threads: 1, patience: 0 });
  try {
    const { bytes, blobs } = sealed(key, trees);
    const found = await pool.references({ key: 0, source: bytes, blobs });
    if (found.work === 'unread') throw new Error('the bytes were at hand');
    expect(found.damaged).toEqual([]);
    expect(Buffer.from(found.subtrees).toString('hex')).toBe(ids[2]?.repeat(count));
    expect(Buffer.from(found.contents).toString('hex')).toBe(`${ids[0]}${ids[1]}`.repeat(count));
  } finally {
    await pool.close();
  }
});

it.each([
  ['{', 'not JSON'],
  ['[]', 'no list of nodes'],
  ['{"nodes":1}', 'no list of nodes'],
  ['{"nodes":[1]}', 'no object'],
  ['{"nodes":[{"type":"dir"}]}', 'a folder in it has no tree'],
  ['{"nodes":[{"type":"dir","subtree":"ab"}]}', 'no id'],
  ['{"nodes":[{"content":["ab"]}]}', 'no list of ids'],
])('says what is wrong with the tree %s', async (json, reason) => {
  const key = randomKey();
  const plain = Buffer.from(json);
  const bytes = seal(key, plain);
  const blob = { type: 'tree', id: blobId(plain), offset: 0, length: bytes.length, uncompressedLength: null };
  const pool = new BulkPool([key], {}, { threads: 0, patience: 0 });
  const found = await pool.references({ key: 0, source: bytes, blobs: [blob as BulkBlob] });
  expect(found).toMatchObject({ damaged: [{ at: 0, reason: expect.stringContaining(reason) }] });
});

it('takes no more work once closed, and drops what is not done', async () => {
  const key = randomKey();
  const pool = new BulkPool([key], {}, { threads: 1, patience: 0 });
  const jobs = Array.from({ length: 6 }, () => {
    const { bytes, blobs } = sealed(key, [{ type: 'data', plain: randomBytes(200_000), compress: true }]);
    return pool.move({ key: 0, toKey: 0, toVersion: 2, source: bytes, blobs });
  });
  const ended = Promise.allSettled(jobs);
  await pool.close();
  expect((await ended).some(({ status }) => status === 'rejected')).toBe(true);
  await expect(pool.references({ key: 0, source: Buffer.of(), blobs: [] })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
