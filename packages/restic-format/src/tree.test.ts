import fc from 'fast-check';
import { Failure } from '@breakwater/domain/failure';
import { describe, expect, it } from 'vitest';
import { anyText } from './testing/any-text.ts';
import { goModeFromUnix } from './file-mode.ts';
import { rawFromBytes } from './raw-string.ts';
import { decodeTree, emptyNode, encodeTree, type TreeNode } from './tree.ts';

const time = { ns: 1_420_218_650_895_208_559n, offsetSeconds: 3600 };
const times = { mtime: time, atime: time, ctime: time };
const id = 'ab'.repeat(32);

const raw = fc.uint8Array({ minLength: 1, maxLength: 12 }).map(rawFromBytes);
const goTime = fc.record({
  ns: fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }),
  offsetSeconds: fc.integer({ min: -720, max: 720 }).map((minutes) => minutes * 60),
});
const anId = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const text = anyText(8);
const node: fc.Arbitrary<TreeNode> = fc.record({
  name: raw,
  type: fc.constantFrom(
    'file',
    'dir',
    'symlink',
    'dev',
    'chardev',
    'fifo',
    'socket',
    'irregular',
    'new<type>',
  ),
  mode: fc.integer({ min: 0, max: 0xffff_ffff }),
  mtime: goTime,
  atime: goTime,
  ctime: goTime,
  uid: fc.integer({ min: 0, max: 0xffff_ffff }),
  gid: fc.integer({ min: 0, max: 0xffff_ffff }),
  user: text,
  group: text,
  inode: uint64,
  deviceId: uint64,
  size: fc.maxSafeNat(),
  links: fc.nat(),
  linkTarget: fc.uint8Array({ maxLength: 12 }).map(rawFromBytes),
  extendedAttributes: fc.array(
    fc.record({ name: text, value: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)) }),
    { maxLength: 2 },
  ),
  genericAttributes: fc.option(fc.dictionary(fc.constantFrom('windows.a', 'b<'), text, { minKeys: 1 })),
  device: uint64,
  content: fc.option(fc.array(anId, { maxLength: 3 })),
  subtree: fc.option(anId),
  error: text,
});

describe('encodeTree', () => {
  it('writes restic’s bytes', () => {
    const file: TreeNode = {
      ...emptyNode('b "quoted" <file>', 'file', times),
      mode: 0o644,
      uid: 1000,
      gid: 100,
      user: 'fd0',
      inode: 416_863_351n,
      size: 1234,
      links: 1,
      content: [id],
    };
    const folder: TreeNode = { ...emptyNode('a', 'dir', times), mode: goModeFromUnix(0o040755), subtree: id };
    expect(encodeTree({ nodes: [file, folder] }).toString()).toBe(
      `{"nodes":[{"name":"a","type":"dir","mode":2147484141,"mtime":"2015-01-02T18:10:50.895208559+01:00",` +
        `"atime":"2015-01-02T18:10:50.895208559+01:00","ctime":"2015-01-02T18:10:50.895208559+01:00",` +
        `"uid":0,"gid":0,"content":null,"subtree":"${id}"},` +
        `{"name":"b \\\\\\"quoted\\\\\\" \\u003cfile\\u003e","type":"file","mode":420,` +
        `"mtime":"2015-01-02T18:10:50.895208559+01:00","atime":"2015-01-02T18:10:50.895208559+01:00",` +
        `"ctime":"2015-01-02T18:10:50.895208559+01:00","uid":1000,"gid":100,"user":"fd0","inode":416863351,` +
        `"size":1234,"links":1,"content":["${id}"]}]}\n`,
    );
  });

  it('writes an empty folder', () => {
    expect(encodeTree({ nodes: [] }).toString()).toBe('{"nodes":[]}\n');
  });

  it('adds the raw link target where it is not UTF-8', () => {
    const link = { ...emptyNode('l', 'symlink', times), linkTarget: rawFromBytes(Buffer.from([0x78, 0xff])) };
    const json = encodeTree({ nodes: [link] }).toString();
    expect(json).toContain('"linktarget":"x\\ufffd","linktarget_raw":"eP8="');
  });

  it('refuses a name twice', () => {
    const one = emptyNode('a', 'fifo', times);
    expect(() => encodeTree({ nodes: [one, one] })).toThrow(/twice/);
  });

  it('is read back by decodeTree', () => {
    fc.assert(
      fc.property(fc.uniqueArray(node, { selector: (one) => one.name, maxLength: 4 }), (nodes) => {
        const bytes = encodeTree({ nodes });
        const decoded = decodeTree(bytes, id);
        expect(new Set(decoded.nodes.map((one) => one.name))).toEqual(new Set(nodes.map((one) => one.name)));
        for (const one of decoded.nodes) expect(one).toEqual(nodes.find(({ name }) => name === one.name));
        expect(encodeTree(decoded).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('decodeTree', () => {
  it('passes over fields of versions to come', () => {
    const json =
      '{"future":{"a":[1]},"nodes":[{"name":"x","type":"file","sparse":true,"content":null}],"end":1}';
    expect(decodeTree(Buffer.from(json), id).nodes[0]).toMatchObject({
      name: 'x',
      type: 'file',
      content: null,
    });
  });

  it('reads \\b and \\f as newer Go versions write them', () => {
    const json = '{"nodes":[{"name":"x","type":"symlink","linktarget":"a\\b\\fc"}]}';
    expect(decodeTree(Buffer.from(json), id).nodes[0]?.linkTarget).toBe('a\b\fc');
  });

  it.each([
    '[]',
    '{"nodes":{}}',
    '{"nodes":[7]}',
    '{"nodes":[{"name":7}]}',
    '{"nodes":[{"name":"a\\\\"}]}',
    '{"nodes":[{"name":"a","mode":-1}]}',
    '{"nodes":[{"name":"a","mode":4294967296}]}',
    '{"nodes":[{"name":"a","inode":18446744073709551616}]}',
    '{"nodes":[{"name":"a","size":1.5}]}',
    '{"nodes":[{"name":"a","mtime":"yesterday"}]}',
    '{"nodes":[{"name":"a","content":["../../etc"]}]}',
    '{"nodes":[{"name":"a","subtree":"abc"}]}',
    '{"nodes":[{"name":"a","linktarget_raw":"%%%"}]}',
    '{"nodes":[{"name":"a","extended_attributes":[null]}]}',
  ])('refuses %s, naming the tree', (json) => {
    expect(() => decodeTree(Buffer.from(json), 'tree1234')).toThrow(/tree1234/);
  });

  it('gives a tree or a Failure for anything', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => Buffer.from(`{"nodes":[${json}]}`)),
      fc.json().map((json) => Buffer.from(`{"nodes":[{"name":${json},"content":${json},"mtime":${json}}]}`)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          expect(Array.isArray(decodeTree(bytes, id).nodes)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 500 },
    );
  });
});
