import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunProgress } from '@breakwater/contract/run';
import { RepositoryWriter } from '@breakwater/restic-format/repository-writer';
import { encodeTree, type TreeNode } from '@breakwater/restic-format/tree';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAccountNames } from '../source/account-names.ts';
import { nodeFromStat } from '../source/node-from-stat.ts';
import { DirectoryStore } from '../store/directory-store.ts';
import { compareTrees } from '../testing/compare-trees.ts';
import { asRoot, makeNastyTree, unlockTree } from '../testing/nasty-tree.ts';
import {
  backUpInto,
  makeWorkplace,
  openWithIndex,
  removeFolder,
  restoreFrom,
  summarize,
} from '../testing/work-repository.ts';
import { restoreSnapshot } from './restore-snapshot.ts';

let folder: string;
let source: string;
let repository: string;
let target: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
  target = join(folder, 'target');
});
afterEach(() => removeFolder(folder));

describe('restoreSnapshot', () => {
  it(`brings everything back, link targets that are not UTF-8 too${asRoot ? '' : ' (no devices: not root)'}`, async () => {
    makeNastyTree(source, { smallFiles: 30 });
    symlinkSync(Buffer.from('target \xff\xfe', 'latin1'), join(source, 'links', 'raw target'));
    const told: RunProgress[] = [];
    const { snapshotId } = await backUpInto(repository, [source]);
    const result = await restoreFrom(repository, snapshotId, target, {
      onProgress: (progress) => told.push(progress),
    });
    expect(result.issues).toEqual([]);
    expect(compareTrees(source, join(target, source))).toEqual([]);
    expect(told.at(-1)).toMatchObject({ filesTotal: result.stats.filesRestored, errors: 0 });
    for (const top of [source, join(target, source)]) unlockTree(top);
  });

  it('restores single paths with the folders above them', async () => {
    mkdirSync(join(source, 'a/b'), { recursive: true });
    for (const path of ['a/b/one', 'a/b/two', 'a/three', 'four']) writeFileSync(join(source, path), path);
    const { snapshotId } = await backUpInto(repository, [source]);
    const paths = [join(source, 'a/b'), join(source, 'four')];
    const { stats, progress } = await restoreFrom(repository, snapshotId, target, { paths });
    expect((await readdir(join(target, source), { recursive: true })).sort()).toEqual([
      'a',
      'a/b',
      'a/b/one',
      'a/b/two',
      'four',
    ]);
    expect(stats.filesRestored).toBe(3);
    expect(progress.bytesTotal).toBe(progress.bytesDone);
  });

  it('fails before it makes anything for a path that the snapshot lacks', async () => {
    writeFileSync(join(source, 'file'), 'x');
    const { snapshotId } = await backUpInto(repository, [source]);
    const paths = [join(source, 'other')];
    await expect(restoreFrom(repository, snapshotId, target, { paths })).rejects.toMatchObject({
      code: 'path-not-found',
    });
    expect(lstatSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('refuses a target that is not empty, and one that is a symlink', async () => {
    writeFileSync(join(source, 'file'), 'x');
    const { snapshotId } = await backUpInto(repository, [source]);
    await expect(restoreFrom(repository, snapshotId, source)).rejects.toMatchObject({
      code: 'target-not-empty',
    });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('elsewhere', target);
    await expect(restoreFrom(repository, snapshotId, target)).rejects.toMatchObject({
      code: 'target-not-allowed',
      message: expect.stringContaining(
        `symbolic link, which a restore does not follow: give the folder itself, ${join(folder, 'elsewhere')}`,
      ),
    });
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('replaces files but no folders, and follows no symlink, where the target may hold something', async () => {
    mkdirSync(join(source, 'folder'));
    for (const path of ['folder/inside', 'file', 'link now', 'is a folder there']) {
      writeFileSync(join(source, path), path);
    }
    linkSync(join(source, 'file'), join(source, 'same file'));
    const { snapshotId } = await backUpInto(repository, [source]);

    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'precious');
    const there = join(target, source);
    mkdirSync(there, { recursive: true });
    symlinkSync(outside, join(there, 'folder'));
    symlinkSync(join(outside, 'precious'), join(there, 'link now'));
    writeFileSync(join(there, 'file'), 'an older version');
    writeFileSync(join(there, 'kept'), 'not in the snapshot');
    mkdirSync(join(there, 'is a folder there'));

    const { issues } = await restoreFrom(repository, snapshotId, target, { mode: 'anywhere' });
    expect(summarize(issues)).toEqual([
      `refused ${join(source, 'folder')}`,
      `unwritable ${join(source, 'is a folder there')}`,
    ]);
    expect(await readdir(outside)).toEqual(['precious']);
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious');
    expect(readFileSync(join(there, 'link now'), 'utf8')).toBe('link now');
    expect(readFileSync(join(there, 'file'), 'utf8')).toBe('file');
    expect(lstatSync(join(there, 'file')).ino).toBe(lstatSync(join(there, 'same file')).ino);
    expect((await readdir(there)).sort()).toEqual([
      'file',
      'folder',
      'is a folder there',
      'kept',
      'link now',
      'same file',
    ]);
    // And once more over its own result, hard links included.
    const again = await restoreFrom(repository, snapshotId, target, { mode: 'anywhere' });
    expect(again.issueCount).toBe(2);
    expect((await readdir(there)).length).toBe(6);
  });

  it('tells the largest file that is being read', async () => {
    for (const name of ['a', 'z']) writeFileSync(join(source, name), name);
    // One blob, eight times.
    writeFileSync(join(source, 'large'), Buffer.alloc(64 * 1024 * 1024));
    const { snapshotId } = await backUpInto(repository, [source]);
    const opened = await openWithIndex(repository);
    const { snapshot } = await opened.loadSnapshot(snapshotId);
    const told: (string | null)[] = [];
    let next = Promise.withResolvers<RunProgress>();
    const read: DirectoryStore['read'] = async (kind, name, range, signal) => {
      if (kind === 'data' && range !== undefined) told.push((await next.promise).currentFile);
      return DirectoryStore.prototype.read.call(opened.store, kind, name, range, signal);
    };
    // As a store in the network, which takes its time: at least until progress is told.
    Object.assign(opened.store, { packFiles: undefined, read });
    const { progress } = await restoreSnapshot({
      repository: opened,
      snapshot,
      paths: [],
      targetPath: target,
      mode: 'fresh',
      signal: new AbortController().signal,
      onProgress: (one) => {
        next.resolve(one);
        next = Promise.withResolvers();
      },
    });
    expect(told.at(-1)).toBe(join(source, 'large'));
    expect(progress.currentFile).toBeNull();
  });

  it('stops at once when cancelled and leaves no half file', async () => {
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(source, name), randomBytes(20_000_000));
    const { snapshotId } = await backUpInto(repository, [source]);
    const cancel = new AbortController();
    const opened = await openWithIndex(repository);
    const { snapshot } = await opened.loadSnapshot(snapshotId);
    const { packFiles } = opened.store;
    let reads = 0;
    // With the third stretch of a pack to be read, much is written and much is not.
    Object.assign(opened.store, {
      packFiles: {
        ...packFiles,
        pathOf: (packId: string) => {
          reads += 1;
          if (reads === 3) cancel.abort();
          return packFiles?.pathOf(packId);
        },
      },
    });
    const restore = restoreSnapshot({
      repository: opened,
      snapshot,
      paths: [],
      targetPath: target,
      mode: 'fresh',
      signal: cancel.signal,
    });
    await expect(restore).rejects.toMatchObject({ code: 'cancelled' });
    for (const name of await readdir(join(target, source))) {
      expect(lstatSync(join(target, source, name)).size).toBe(20_000_000);
    }
  });
});

describe('restoring from a damaged copy', () => {
  it('names the file and the pack, and restores the rest', async () => {
    writeFileSync(join(source, 'first'), randomBytes(1_000_000));
    const earlier = await backUpInto(repository, [source]);
    const damaged = (await dataPacks()).filter((pack) => pack.hasData).map((pack) => pack.id);
    writeFileSync(join(source, 'second'), randomBytes(1_000_000));
    linkSync(join(source, 'first'), join(source, 'linked with first'));
    const { snapshotId } = await backUpInto(repository, [source]);
    expect(earlier.issueCount).toBe(0);
    expect(damaged).toHaveLength(1);
    const pack = damaged[0] ?? '';
    const path = join(repository, 'data', pack.slice(0, 2), pack);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    await rm(path);
    await writeFile(path, bytes);

    const { issues, stats } = await restoreFrom(repository, snapshotId, target);
    expect(summarize(issues)).toEqual([
      `damaged ${join(source, 'first')}`,
      `damaged ${join(source, 'linked with first')}`,
    ]);
    expect(issues.find((issue) => issue.path === join(source, 'first'))?.message).toContain(pack);
    expect(stats.filesRestored).toBe(1);
    expect(await readdir(join(target, source))).toEqual(['second']);
    expect(compareTrees(join(target, source), source)).toEqual([
      '"first": only in the second',
      '"linked with first": only in the second',
    ]);
  });

  it('counts no bytes of a file that is not there in the end', async () => {
    const big = randomBytes(12_000_000);
    writeFileSync(join(source, 'big'), big);
    await backUpInto(repository, [source]);
    const [pack] = (await dataPacks()).filter(({ hasData }) => hasData);
    if (pack === undefined) throw new Error('no pack was made');
    writeFileSync(join(source, 'small'), 'not damaged');
    const { snapshotId } = await backUpInto(repository, [source]);
    const path = join(repository, 'data', pack.id.slice(0, 2), pack.id);
    const bytes = readFileSync(path);
    // In the last of its blobs: much of the file is written before.
    const at = Math.min(11_900_000, bytes.length - 10_000);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await rm(path);
    await writeFile(path, bytes);

    const first = await restoreFrom(repository, snapshotId, target);
    expect(await readdir(join(target, source))).toEqual(['small']);
    expect(first.stats).toMatchObject({ filesRestored: 1, bytesRestored: 11 });
    expect(first.progress).toMatchObject({ filesDone: 1, bytesDone: 11 });
    // What is right already counts no more than what is written. No blob is shorter than 512 KiB.
    for (let each = 0; each < bytes.length; each += 400_000)
      bytes.writeUInt8(bytes.readUInt8(each) ^ 2, each);
    await writeFile(path, bytes);
    const stale = Buffer.concat([big.subarray(0, 9_000_000), randomBytes(3_000_000)]);
    writeFileSync(join(target, source, 'big'), stale);
    const second = await restoreFrom(repository, snapshotId, target, { mode: 'anywhere' });
    expect(summarize(second.issues)).toEqual([`damaged ${join(source, 'big')}`]);
    expect(second.stats).toMatchObject({ filesRestored: 1, bytesRestored: 11 });
    expect(second.progress).toMatchObject({ filesDone: 1, bytesDone: 11 });
  });

  async function dataPacks(): Promise<{ id: string; hasData: boolean }[]> {
    const { index } = await openWithIndex(repository);
    return [...index.packs()].map(({ packId, blobs }) => ({
      id: packId,
      hasData: blobs.some((blob) => blob.type === 'data'),
    }));
  }
});

describe('restoring a snapshot made to break out', () => {
  it.each(['..', '.', '', 'a/b', '/etc/passwd', 'nul\0byte', '../../escape'])(
    'refuses the name %j and restores the rest',
    async (name) => {
      const plain = fileNode('plain');
      const tree = await craftSnapshot([{ ...plain, name }, plain]);
      const { issues } = await restoreTree(tree);
      expect(issues.map((issue) => issue.code)).toEqual(['refused']);
      expect(await readdir(target)).toEqual(['plain']);
    },
  );

  it('writes nothing through a symlink that it has just restored itself', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    const inner = await craftSnapshot([fileNode('inside')]);
    const link: TreeNode = { ...fileNode('way out'), type: 'symlink', linkTarget: outside, content: null };
    const dir: TreeNode = { ...fileNode('way out'), type: 'dir', subtree: inner, content: null };
    const tree = await craftSnapshot([link, dir]);
    for (const mode of ['fresh', 'anywhere'] as const) {
      const { issues } = await restoreTree(tree, mode);
      expect(summarize(issues)).toEqual(['refused /way out']);
      expect(await readdir(outside)).toEqual([]);
    }
  });

  it('makes no device for an unknown type', async () => {
    const tree = await craftSnapshot([{ ...fileNode('odd'), type: 'irregular', content: null }]);
    expect(summarize((await restoreTree(tree)).issues)).toEqual(['unsupported /odd']);
  });

  function fileNode(name: string): TreeNode {
    writeFileSync(join(source, 'template'), '');
    const path = join(source, 'template');
    const stat = lstatSync(path, { bigint: true });
    return nodeFromStat(name, path, stat, readAccountNames(), () => undefined);
  }

  async function craftSnapshot(nodes: TreeNode[]): Promise<string> {
    const writer = new RepositoryWriter(await openWithIndex(repository));
    // The encoder wants the order of names, which does not matter here, so it is given them one by one.
    const { id } = await writer.addBlob('tree', unorderedTree(nodes));
    await writer.flush();
    return id;
  }

  function unorderedTree(nodes: TreeNode[]): Buffer {
    const json = nodes.map((node) => JSON.parse(encodeTree({ nodes: [node] }).toString()).nodes[0]);
    return Buffer.from(JSON.stringify({ nodes: json }));
  }

  async function restoreTree(
    tree: string,
    mode: 'fresh' | 'anywhere' = 'fresh',
  ): ReturnType<typeof restoreSnapshot> {
    const opened = await openWithIndex(repository);
    const made = await backUpInto(repository, [source]);
    const snapshot = { ...made.snapshot, tree, summary: null };
    return await restoreSnapshot({
      repository: opened,
      snapshot,
      paths: [],
      targetPath: target,
      mode,
      signal: new AbortController().signal,
    });
  }
});
