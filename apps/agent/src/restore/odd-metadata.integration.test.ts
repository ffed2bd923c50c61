import { lstatSync, mkdirSync, openSync, closeSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rawBytes, rawFromBytes } from '@breakwater/restic-format/raw-string';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorCode } from '../posix/error-code.ts';
import { readAttributes, setTimesAt, writeAttribute, writeAttributeAt } from '../posix/libc.ts';
import { sentenceOf } from '../remarks/say.ts';
import { compareTrees } from '../testing/compare-trees.ts';
import { asRoot } from '../testing/nasty-tree.ts';
import {
  backUpInto,
  makeWorkplace,
  openWithIndex,
  removeFolder,
  restoreFrom,
} from '../testing/work-repository.ts';

const NS = 1_000_000_000n;
/** What ext4 says last and first, and what only other file systems hold: those clamp where they cannot. */
const FAR_TIMES = [
  15_032_385_535n * NS,
  9_223_372_037n * NS,
  -9_223_372_037n * NS - 1n,
  -14_826_000_000n * NS + 5n,
];

let folder: string;
let source: string;
let repository: string;
let target: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
  target = join(folder, 'target');
});
afterEach(() => removeFolder(folder));

function inSource(act: (folder: number) => void): void {
  const descriptor = openSync(source, 'r');
  try {
    act(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function nodesOfSource(snapshotId: string): Promise<Map<string, TreeNode>> {
  const opened = await openWithIndex(repository);
  let tree: string | null = (await opened.loadSnapshot(snapshotId)).snapshot.tree;
  for (const name of source.split('/').slice(1)) {
    const { nodes } = await opened.loadTree(tree ?? '');
    tree = nodes.find((node) => node.name === name)?.subtree ?? null;
  }
  return new Map((await opened.loadTree(tree ?? '')).nodes.map((node) => [node.name, node]));
}

describe('times beyond what 64 bits of nanoseconds say', () => {
  it('are stored and restored as the file system has them, of small, empty and large files, folders and links', async () => {
    const names: string[] = [];
    for (const [n, ns] of FAR_TIMES.entries()) {
      writeFileSync(join(source, `small ${n}`), `${ns}`);
      writeFileSync(join(source, `empty ${n}`), '');
      writeFileSync(join(source, `large ${n}`), Buffer.alloc(600_000, n));
      mkdirSync(join(source, `folder ${n}`));
      symlinkSync('nowhere', join(source, `link ${n}`));
      for (const kind of ['small', 'empty', 'large', 'folder', 'link']) {
        names.push(`${kind} ${n}`);
        inSource((at) => setTimesAt(at, Buffer.from(`${kind} ${n}`), ns, ns));
      }
    }
    const { snapshotId } = await backUpInto(repository, [source]);
    const nodes = await nodesOfSource(snapshotId);
    for (const name of names) {
      expect([name, nodes.get(name)?.mtime.ns]).toEqual([
        name,
        lstatSync(join(source, name), { bigint: true }).mtimeNs,
      ]);
    }
    await restoreFrom(repository, snapshotId, target);
    expect(compareTrees(source, join(target, source))).toEqual([]);
  });
});

describe('attributes of symlinks', () => {
  it.runIf(asRoot)('come back, and none goes to what the link points to (needs root)', async () => {
    writeFileSync(join(source, 'file'), 'content');
    symlinkSync('file', join(source, 'link'));
    inSource((at) =>
      writeAttributeAt(at, Buffer.from('link'), 'trusted.breakwater', Buffer.from('of the link')),
    );
    const { snapshotId } = await backUpInto(repository, [source]);
    const { note, issues } = await restoreFrom(repository, snapshotId, target);
    expect([note, issues]).toEqual([null, []]);
    const there = join(target, source);
    expect(readAttributes(Buffer.from(join(there, 'link')))).toEqual([
      { name: 'trusted.breakwater', value: Buffer.from('of the link') },
    ]);
    expect(readAttributes(Buffer.from(join(there, 'file')))).toEqual([]);
  });
});

describeWithRestic('attributes whose name is not UTF-8', () => {
  it('are stored as restic stores them, with U+FFFD for each such byte', async ({ skip }) => {
    const [file, other] = ['file', 'other'].map((one) => openSync(join(source, one), 'w')) as [
      number,
      number,
    ];
    const name = rawFromBytes(Buffer.from('user.bad \xff\xe2\x82', 'latin1'));
    try {
      for (const one of [file, other]) writeAttribute(one, name, Buffer.from('value'));
    } catch (error) {
      if (errorCode(error) !== 'ENOTSUP') throw error;
      skip('the file system of temporary files has no user attributes');
    } finally {
      for (const one of [file, other]) closeSync(one);
    }
    const told: string[] = [];
    const { snapshotId, issueCount } = await backUpInto(repository, [source], {
      onWarning: (said) => told.push(sentenceOf(said)),
    });
    expect(issueCount).toBe(0);
    expect(told).toEqual([expect.stringContaining('not UTF-8, user.bad \ufffd\ufffd\ufffd')]);
    const ours = (await nodesOfSource(snapshotId)).get('file')?.extendedAttributes;
    expect(ours).toEqual([{ name: 'user.bad \ufffd\ufffd\ufffd', value: Buffer.from('value') }]);
    const output = await new StockRestic(folder).run('backup', '--json', '--force', source);
    const theirs = JSON.parse(output.trim().split('\n').at(-1) ?? '').snapshot_id;
    expect((await nodesOfSource(theirs)).get('file')?.extendedAttributes).toEqual(ours);
  });
});

describeWithRestic('a symlink whose target an older restic stored wrong', () => {
  it('is stored right by the next backup, though nothing changed', async () => {
    symlinkSync(Buffer.from('target \xff', 'latin1'), join(source, 'link'));
    symlinkSync('plain', join(source, 'other'));
    const restic = new StockRestic(folder);
    await restic.run('backup', '--host', 'host', source);
    const { snapshotId } = await backUpInto(repository, [source]);
    const link = (await nodesOfSource(snapshotId)).get('link');
    expect(rawBytes(link?.linkTarget ?? '')).toEqual(Buffer.from('target \xff', 'latin1'));
  });
});
