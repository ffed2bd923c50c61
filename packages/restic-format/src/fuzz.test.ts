import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Failure, type FailureCode } from '@breakwater/domain/failure';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeEntries } from './packed-entries.ts';
import { CheckPerformer, scanTree } from './check-job.ts';
import { randomKey, type RepositoryKey, seal } from './crypto.ts';
import { decodeIndexFile, encodeIndexFile } from './index-file.ts';
import { createKey, openKey, readKeyFileHeader } from './key-file.ts';
import { decodeLock, encodeLock } from './lock-file.ts';
import { decodePackHeader, encodePackHeader, readPackHeader, sealPackHeader } from './pack.ts';
import { decodeRepositoryConfig, encodeRepositoryConfig, newRepositoryConfig } from './repository-config.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';
import { mutatedBytes, mutatedJson } from './testing/mutated.ts';
import { decodeTree, emptyNode, encodeTree } from './tree.ts';
import { openUnpacked, sealUnpacked } from './unpacked-file.ts';

const ID = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const RUNS = { numRuns: 600 };

const time = { ns: 1_700_000_000_123_456_789n, offsetSeconds: 3600 };
const times = { mtime: time, atime: time, ctime: time };
const blobs = [
  { type: 'data' as const, id: ID, offset: 0, length: 100, uncompressedLength: 300 },
  { type: 'tree' as const, id: OTHER, offset: 100, length: 32, uncompressedLength: null },
];
const treeJson = encodeTree({
  nodes: [
    { ...emptyNode('file "quoted"\n', 'file', times), mode: 0o644, size: 5, content: [ID], links: 2 },
    { ...emptyNode('sub', 'dir', times), subtree: OTHER, inode: 2n ** 63n },
    {
      ...emptyNode('link\udcff', 'symlink', times),
      linkTarget: 'a\udc80b',
      genericAttributes: { 'windows.x': { deep: [1, 'two'] } },
      extendedAttributes: [{ name: 'user.a', value: Buffer.from('value') }],
    },
  ],
});
const snapshotJson = encodeSnapshot({
  time,
  parent: ID,
  tree: OTHER,
  paths: ['/a', '/b'],
  hostname: 'host',
  username: 'user',
  uid: 1,
  gid: 2,
  excludes: ['*.tmp'],
  tags: ['t'],
  original: ID,
  programVersion: 'restic 0.18',
  summary: {
    backupStart: time,
    backupEnd: time,
    filesNew: 1,
    filesChanged: 2,
    filesUnmodified: 3,
    dirsNew: 4,
    dirsChanged: 5,
    dirsUnmodified: 6,
    dataBlobs: 7,
    treeBlobs: 8,
    dataAdded: 9,
    dataAddedPacked: 10,
    totalFilesProcessed: 11,
    totalBytesProcessed: 12,
  },
});

const EXPECTED_CODES: FailureCode[] = [
  'repository-damaged',
  'unsupported-format',
  'pack-damaged',
  'wrong-password',
];

/** What it gives, or null after a failure that is one of ours and names the file. */
function parsedOrNamed<T>(parse: () => T, name: string): T | null {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { code, message } = error as Failure;
    expect(EXPECTED_CODES).toContain(code);
    expect(message).toContain(name);
    expect(message.length).toBeLessThan(2000);
    return null;
  }
}

describe('whatever the bytes are, the answer is a value or a failure that names the file', () => {
  /** `again`: what was understood is written and understood the same. */
  function fuzz<T>(
    valid: Buffer,
    name: string,
    parse: (bytes: Buffer) => T,
    again?: (value: T) => Buffer,
  ): void {
    expect(parse(valid)).toBeDefined();
    fc.assert(
      fc.property(mutatedJson(valid), (bytes) => {
        const value = parsedOrNamed(() => parse(bytes), name);
        if (value === null || again === undefined) return;
        const written = again(value);
        expect(again(parse(written)).equals(written)).toBe(true);
      }),
      RUNS,
    );
  }

  it('of an index', () => {
    const valid = encodeIndexFile({ supersedes: [OTHER], packs: [{ packId: ID, blobs }] });
    fuzz(valid, `index ${ID}`, (bytes) => decodeIndexFile(bytes, ID), encodeIndexFile);
  });

  it('of a tree', () => {
    fuzz(treeJson, `tree ${ID}`, (bytes) => decodeTree(bytes, ID));
  });

  it('of a snapshot', () => {
    fuzz(snapshotJson, `snapshot ${ID}`, (bytes) => decodeSnapshot(bytes, ID), encodeSnapshot);
  });

  it('of a lock', () => {
    const lock = {
      timeMs: 1_700_000_000_000,
      exclusive: true,
      hostname: 'h',
      username: 'u',
      pid: 1,
      uid: 2,
      gid: 3,
    };
    fuzz(encodeLock(lock), `lock ${ID}`, (bytes) => decodeLock(bytes, ID));
  });

  it('of a config', () => {
    const valid = encodeRepositoryConfig(newRepositoryConfig());
    fuzz(valid, 'config', decodeRepositoryConfig, encodeRepositoryConfig);
  });

  it('of a key file', async () => {
    const { bytes: valid } = await createKey('password', { hostname: 'h', username: 'u' });
    fuzz(valid, `key ${ID}`, (bytes) => readKeyFileHeader(bytes, `key ${ID}`));
  });

  it('of a pack header, the length before it and the seal around it', () => {
    const key = randomKey();
    const header = sealPackHeader(key, blobs);
    fc.assert(
      fc.property(mutatedBytes(header), fc.nat(2 ** 32 - 1), (tail, size) => {
        for (const packBytes of [tail.length, size, 132 + tail.length]) {
          const found = parsedOrNamed(() => readPackHeader(key, ID, packBytes, tail), `pack ${ID}`);
          // What is asked for is never more than the pack has, nor more than a header may have.
          if (found?.found === 'more')
            expect(found.bytesNeeded).toBeLessThanOrEqual(Math.min(packBytes, 2 ** 24 + 4));
        }
      }),
      RUNS,
    );
  });

  it('of a decrypted pack header', () => {
    fc.assert(
      fc.property(mutatedBytes(encodePackHeader(blobs)), (bytes) => {
        const found = parsedOrNamed(() => decodePackHeader(bytes, ID), `pack ${ID}`);
        if (found !== null) expect(decodePackHeader(encodePackHeader(found), ID)).toEqual(found);
      }),
      RUNS,
    );
  });

  it('of a sealed and compressed file', () => {
    const key = randomKey();
    const sealed = sealUnpacked(key, 2, treeJson);
    const plain = Buffer.concat([Buffer.of(2), randomBytes(40)]);
    fc.assert(
      fc.property(mutatedBytes(sealed), mutatedBytes(plain), (bytes, other) => {
        parsedOrNamed(() => openUnpacked(key, bytes, `file ${ID}`), `file ${ID}`);
        parsedOrNamed(() => openUnpacked(key, seal(key, other), `file ${ID}`), `file ${ID}`);
      }),
      RUNS,
    );
  });

  it('of a key file with parameters beyond all reason, without deriving anything', async () => {
    const { bytes } = await createKey('password', { hostname: 'h', username: 'u' });
    const given = JSON.parse(bytes.toString('utf8'));
    for (const hostile of [
      { N: 2 ** 40 },
      { N: 2 ** 22, r: 2 ** 20 },
      { N: 3 },
      { N: 0 },
      { N: 1 },
      { r: 0 },
      { p: 0 },
      { p: 2 ** 30 },
      { r: 2 ** 52 },
    ]) {
      const file = Buffer.from(JSON.stringify({ ...given, ...hostile }));
      const opened = openKey(file, 'password', `key ${ID}`);
      await expect(opened).rejects.toMatchObject({ code: 'unsupported-format', message: new RegExp(ID) });
    }
  });
});

describe('a check', () => {
  let key: RepositoryKey;
  beforeAll(() => {
    key = randomKey();
  });

  it('scans any tree without an end of its own', () => {
    fc.assert(
      fc.property(mutatedJson(treeJson), (bytes) => {
        const [subtrees, contents]: [string[], string[]] = [[], []];
        const found = scanTree(bytes, subtrees, contents);
        if (typeof found === 'string') expect(found.length).toBeGreaterThan(0);
        expect([...subtrees, ...contents].every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
      }),
      RUNS,
    );
  });

  it('judges any pack, whatever the index says of it', () => {
    const body = Buffer.concat([seal(key, randomBytes(68)), seal(key, treeJson)]);
    const inside = [
      { type: 'data' as const, id: ID, offset: 0, length: 100, uncompressedLength: null },
      { type: 'tree' as const, id: OTHER, offset: 100, length: body.length - 100, uncompressedLength: 5000 },
    ];
    const valid = Buffer.concat([body, sealPackHeader(key, inside)]);
    const anyEntry = fc.record({
      type: fc.constantFrom('data' as const, 'tree' as const),
      id: fc.constantFrom(ID, OTHER),
      offset: fc.nat(2 ** 32 - 1),
      length: fc.integer({ min: 32, max: 2 ** 32 - 1 }),
      uncompressedLength: fc.constantFrom(null, 1, 70, 5000, 2 ** 32 - 1),
    });
    const performer = new CheckPerformer(key, null);
    fc.assert(
      fc.property(mutatedBytes(valid), fc.array(anyEntry, { maxLength: 4 }), (bytes, entries) => {
        for (const indexed of [entries, inside]) {
          const job = { work: 'pack' as const, packId: ID, source: bytes, entries: encodeEntries(indexed) };
          const verdict = performer.perform(job);
          expect(verdict).toMatchObject({
            flaws: expect.arrayContaining(['has other bytes than its name says']),
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});

it('takes no more memory than the bytes of a file give reason to', async () => {
  const script = fileURLToPath(new URL('./testing/hostile-files.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const { refused, grownMiB } = JSON.parse(stdout) as { refused: number; grownMiB: number };
  expect(refused).toBe(6);
  // Claimed were gigabytes.
  expect(grownMiB).toBeLessThan(100);
});
