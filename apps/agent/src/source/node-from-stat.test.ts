import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAccountNames } from './account-names.ts';
import { isSameLink, isSameNode, type NodeStat, nodeFromStat } from './node-from-stat.ts';

const accounts = readAccountNames();
let folder: string;
let path: string;
let stat: NodeStat;

function nodeOf(of: NodeStat): TreeNode {
  return nodeFromStat('file', path, of, accounts, (error) => {
    throw error;
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  path = join(folder, 'file');
  writeFileSync(path, 'content');
  stat = lstatSync(path, { bigint: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a node of the parent snapshot', () => {
  it('stands for an entry that is as it was', () => {
    expect(isSameNode(nodeOf(stat), stat, accounts)).toBe(true);
  });

  it.each<[string, (now: NodeStat) => Partial<NodeStat>]>([
    ['change time', ({ ctimeNs }) => ({ ctimeNs: ctimeNs + 1n })],
    ['modification time', ({ mtimeNs }) => ({ mtimeNs: mtimeNs - 1n })],
    ['inode', ({ ino }) => ({ ino: ino + 1n })],
    ['device', ({ dev }) => ({ dev: dev + 1n })],
    ['mode', ({ mode }) => ({ mode: mode ^ 0o100n })],
    ['type', ({ mode }) => ({ mode: (mode & 0o7777n) | 0o010000n })],
    ['size', ({ size }) => ({ size: size + 1n })],
    ['number of links', ({ nlink }) => ({ nlink: nlink + 1n })],
    ['owner', ({ uid }) => ({ uid: uid + 12_345n })],
    ['group', ({ gid }) => ({ gid: gid + 12_345n })],
  ])('does not where the %s is another', (_what, change) => {
    const now = { ...pick(stat), ...change(stat) };
    expect(isSameNode(nodeOf(stat), now, accounts)).toBe(false);
  });

  it.each<[string, Partial<TreeNode>]>([
    ['names another user', { user: 'somebody else' }],
    ['names another group', { group: 'some others' }],
    ['has an access time of its own', { atime: { ns: 5n, offsetSeconds: 0 } }],
    [
      'lacks attributes that could not be read',
      { error: 'not all of its extended attributes could be read' },
    ],
  ])('does not where it %s', (_what, change) => {
    expect(isSameNode({ ...nodeOf(stat), ...change }, stat, accounts)).toBe(false);
  });
});

describe('a symlink of the parent snapshot', () => {
  const attribute = (name: string, value: string | null) => ({
    name,
    value: value === null ? null : Buffer.from(value),
  });
  const link = (linkTarget: string, ...extendedAttributes: TreeNode['extendedAttributes']): TreeNode => ({
    ...nodeOf(stat),
    ...{ type: 'symlink', linkTarget, extendedAttributes },
  });

  it('stands for one of its target and attributes', () => {
    const label = attribute('security.selinux', 'label');
    expect(isSameLink(link('there', label), link('there', attribute('security.selinux', 'label')))).toBe(
      true,
    );
    // What is not UTF-8 in a name was stored as U+FFFD.
    const [stored, given] = [attribute('trusted.\ufffd', 'a'), attribute('trusted.\udcff', 'a')];
    expect(isSameLink(link('', stored), link('', given))).toBe(true);
    expect(isSameLink(link('', attribute('trusted.a', null)), link('', attribute('trusted.a', '')))).toBe(
      true,
    );
  });

  it.each<[string, () => TreeNode]>([
    ['target was cut by old restic', () => link('t\ufffd', attribute('trusted.a', 'a'))],
    ['attributes were not taken', () => link('t\udcff')],
    ['attribute has another name', () => link('t\udcff', attribute('trusted.b', 'a'))],
    ['attribute has another value', () => link('t\udcff', attribute('trusted.a', 'b'))],
  ])('does not where its %s', (_what, previous) => {
    expect(isSameLink(previous(), link('t\udcff', attribute('trusted.a', 'a')))).toBe(false);
  });
});

describe('nodeFromStat', () => {
  it('says in the node that attributes could not be read', () => {
    const told: unknown[] = [];
    const gone = nodeFromStat('gone', join(folder, 'gone'), stat, accounts, (error) => told.push(error));
    expect(told).toHaveLength(1);
    expect(gone.error).not.toBe('');
    expect(nodeOf(stat).error).toBe('');
  });
});

function pick(of: NodeStat): NodeStat {
  const { mode, uid, gid, size, nlink, ino, dev, rdev, atimeNs, mtimeNs, ctimeNs } = of;
  return { mode, uid, gid, size, nlink, ino, dev, rdev, atimeNs, mtimeNs, ctimeNs };
}
