import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckPerformer } from './check-job.ts';
import { randomKey } from './crypto.ts';
import type { PackFile } from './pack-store.ts';
import { sealPackHeader } from './pack.ts';
import { encodeEntries } from './packed-entries.ts';
import { blobId, sealBlob } from './sealed-blob.ts';

const key = randomKey();
function openTestFile(path: string): PackFile {
  const bytes = readFileSync(path);
  return {
    size: bytes.length,
    read: (space, from) => {
      if (bytes.copy(space, 0, from) < space.length) throw new Error('it is too short');
    },
    close: () => undefined,
  };
}

const performer = new CheckPerformer(key, openTestFile);

// Less than what is read at once, about as much, more; and what is cut off in the middle of many.
const sizes = [
  0,
  100,
  300_000,
  300_000,
  5,
  700_000,
  1,
  1_500_000,
  ...Array.from({ length: 40 }, () => 30_000),
];
let offset = 0;
const sealed = sizes.map((size) => {
  const plain = randomBytes(size);
  const { bytes, ...blob } = sealBlob(key, 2, 'data', plain, blobId(plain));
  const placed = { ...blob, bytes, offset, length: bytes.length };
  offset += bytes.length;
  return placed;
});
const pack = Buffer.concat([...sealed.map(({ bytes }) => bytes), sealPackHeader(key, sealed)]);
const packId = hash('sha256', pack, 'hex');
const entries = encodeEntries(sealed);

describe('a pack is judged the same in memory and in its file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function judged(bytes: Buffer, size = bytes.length): Promise<unknown> {
    const path = join(folder, 'pack');
    await writeFile(path, bytes);
    const fromFile = performer.perform({
      work: 'pack',
      packId,
      source: { path, offset: 0, length: size },
      entries,
    });
    if (size === bytes.length) {
      expect(performer.perform({ work: 'pack', packId, source: bytes, entries })).toEqual(fromFile);
    }
    return fromFile;
  }

  it('sound', async () => {
    expect(await judged(pack)).toEqual({ work: 'pack', flaws: [], damaged: [] });
  });

  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(pack);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

  it.each(sealed.map(({ length }, entry) => [entry, length]).filter(([entry = 0]) => entry < 12))(
    'with a flipped byte in blob %i of %i bytes',
    async (entry, length) => {
      const start = sealed[entry]?.offset ?? 0;
      for (const at of [start, start + length - 1]) {
        expect(await judged(flipped(at))).toEqual({
          work: 'pack',
          flaws: ['has other bytes than its name says'],
          damaged: [{ entry, reason: 'its authentication code does not match' }],
        });
      }
    },
  );

  it('with a flipped byte in its header, or in the length of it', async () => {
    for (const at of [offset, pack.length - 5, pack.length - 1]) {
      expect(await judged(flipped(at))).toEqual({
        work: 'pack',
        flaws: ['has other bytes than its name says', expect.stringMatching(/^has a header/)],
        damaged: [],
      });
    }
  });

  it('cut off anywhere', async () => {
    for (const bytes of [0, 3, 40, 300_000, 1_000_000, offset, offset + 7, pack.length - 1]) {
      expect(await judged(pack.subarray(0, bytes))).toMatchObject({
        work: 'pack',
        flaws: ['has other bytes than its name says', expect.stringMatching(/^has /)],
      });
    }
  });

  it('leaves a file of another size, or that cannot be opened, to the store', async () => {
    expect(await judged(pack, pack.length - 1)).toEqual({ work: 'unread' });
    expect(await judged(pack, pack.length + 1)).toEqual({ work: 'unread' });
    const source = { path: join(folder, 'another'), offset: 0, length: 5 };
    expect(performer.perform({ work: 'pack', packId, source, entries })).toEqual({ work: 'unread' });
    expect(performer.perform({ work: 'trees', source, entries })).toEqual({ work: 'unread' });
  });
});
