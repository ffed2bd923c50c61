import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chunker } from './chunker.ts';
import { goModeFromUnix } from './file-mode.ts';
import { type GoTime, localGoTime, localGoTimeFromMs } from './go-time.ts';
import { initRepository } from './initial-files.ts';
import { acquireLock } from './lock.ts';
import { rawFromBytes } from './raw-string.ts';
import { openRepository, type Repository } from './repository.ts';
import { RepositoryWriter } from './repository-writer.ts';
import type { Snapshot } from './snapshot.ts';
import { FolderStore } from './testing/folder-store.ts';
import { describeWithRestic, PASSWORD, StockRestic } from './testing/stock-restic.ts';
import { emptyNode, encodeTree, type TreeNode } from './tree.ts';

const owner = { hostname: 'test host', username: 'tester' };
const MTIME = localGoTime(-1_234_567_890_123_456_789n);

function times(mtime: GoTime) {
  return { mtime, atime: mtime, ctime: mtime };
}

async function addFile(writer: RepositoryWriter, bytes: Buffer): Promise<string[]> {
  const chunker = new Chunker(writer.repository.config.chunkerPolynomial);
  const ids: string[] = [];
  let start = 0;
  for (
    let cut = chunker.next(bytes, 0, bytes.length);
    cut >= 0;
    cut = chunker.next(bytes, cut, bytes.length)
  ) {
    ids.push((await writer.addBlob('data', bytes.subarray(start, cut))).id);
    start = cut;
  }
  if (start < bytes.length) ids.push((await writer.addBlob('data', bytes.subarray(start))).id);
  return ids;
}

function snapshotOf(tree: string): Snapshot {
  return {
    time: localGoTimeFromMs(Date.now()),
    parent: null,
    tree,
    paths: ['/made/up'],
    hostname: owner.hostname,
    username: owner.username,
    uid: 1000,
    gid: 100,
    excludes: [],
    tags: ['x&y'],
    original: null,
    programVersion: 'breakwater 0.1.0',
    summary: null,
  };
}

describeWithRestic('a repository that we wrote, to stock restic', () => {
  const files = new Map<string, Buffer>([
    ['empty', Buffer.alloc(0)],
    ['one byte', Buffer.of(7)],
    ['random', randomBytes(12_000_000)],
    ['zeros', Buffer.alloc(10_000_000)],
    ['text "quoted" <&> 🎉\n', Buffer.from('line\n'.repeat(400_000))],
  ]);
  let restic: StockRestic;
  let repository: Repository;
  let snapshotId: string;

  beforeAll(async () => {
    restic = await StockRestic.create();
    mkdirSync(restic.repository);
    const store = new FolderStore(restic.repository);
    await initRepository(store, PASSWORD, owner);
    repository = await openRepository(store, PASSWORD);
    await repository.loadIndex();
    const writer = new RepositoryWriter(repository);
    const nodes: TreeNode[] = [];
    for (const [name, bytes] of files) {
      const node = emptyNode(name, 'file', times(MTIME));
      const content = await addFile(writer, bytes);
      nodes.push({ ...node, content, size: bytes.length, mode: goModeFromUnix(0o100640), links: 1 });
    }
    nodes.push({
      ...emptyNode('link', 'symlink', times(MTIME)),
      mode: goModeFromUnix(0o120777),
      linkTarget: 'emp ty',
    });
    nodes.push({ ...emptyNode('pipe', 'fifo', times(MTIME)), mode: goModeFromUnix(0o010600) });
    const raw = emptyNode(rawFromBytes(Buffer.from([0x72, 0xff, 0xfe])), 'file', times(MTIME));
    nodes.push({ ...raw, mode: goModeFromUnix(0o104755), links: 1 });
    const inner = await writer.addBlob('tree', encodeTree({ nodes }));
    const folder = {
      ...emptyNode('folder', 'dir', times(MTIME)),
      mode: goModeFromUnix(0o041777),
      subtree: inner.id,
    };
    const root = await writer.addBlob('tree', encodeTree({ nodes: [folder] }));
    await writer.flush();
    snapshotId = await repository.saveSnapshot(snapshotOf(root.id));
  });
  afterAll(() => restic.remove());

  it('passes check --read-data', async () => {
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');
  });

  it('shows its config, key, snapshot and index', async () => {
    expect(JSON.parse(await restic.run('cat', 'config'))).toMatchObject({ version: 2, id: repository.id });
    expect(await restic.run('key', 'list')).toContain('tester');
    expect(JSON.parse(await restic.run('cat', 'snapshot', snapshotId))).toMatchObject({
      tags: ['x&y'],
      uid: 1000,
    });
    const [index] = await repository.store.list('index');
    expect(JSON.parse(await restic.run('cat', 'index', index?.name ?? '')).packs).toHaveLength(
      [...repository.index.packs()].length,
    );
    const key = JSON.parse(await restic.run('cat', 'masterkey'));
    expect(key.encrypt).toBe(repository.key.encrypt.toString('base64'));
  });

  it('lists its files', async () => {
    const listing = await restic.run('ls', 'latest', '--json');
    const entries = listing
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((entry) => entry.path);
    expect(entries).toHaveLength(files.size + 4);
  });

  it.each([...files.keys()])('dumps %j', async (name) => {
    const dumped = await restic.bytes('dump', 'latest', `/folder/${name}`);
    expect(dumped.equals(files.get(name) ?? Buffer.of())).toBe(true);
  });

  it('restores', async () => {
    const target = join(restic.root, 'restored');
    await restic.run('restore', 'latest', '--target', target);
    for (const [name, bytes] of files) {
      const path = join(target, 'folder', name);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      const found = lstatSync(path, { bigint: true });
      expect(found.mtimeNs).toBe(MTIME.ns);
      expect(Number(found.mode)).toBe(0o100640);
    }
    expect(readlinkSync(join(target, 'folder', 'link'))).toBe('emp ty');
    expect(lstatSync(join(target, 'folder', 'pipe')).isFIFO()).toBe(true);
    const rawPath = Buffer.concat([Buffer.from(`${target}/folder/r`), Buffer.of(0xff, 0xfe)]);
    expect(lstatSync(rawPath).mode).toBe(0o104755);
  });

  it('can be backed up into by stock restic, which finds the same chunks', async () => {
    const known = new Set([...repository.index.blobs()].map((blob) => blob.id));
    await restic.run('backup', join(restic.root, 'restored', 'folder'));
    await repository.loadIndex();
    const added = [...repository.index.blobs()].filter((blob) => !known.has(blob.id));
    expect(added.map((blob) => blob.type)).not.toContain('data');
    expect(added.length).toBeGreaterThan(0);
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');
  });

  it('heeds our locks', async () => {
    const lock = await acquireLock(repository, {
      ...owner,
      pid: process.pid,
      exclusive: true,
      now: Date.now,
      isProcessAlive: () => true,
      settleMs: 0,
    });
    await expect(restic.run('check')).rejects.toThrow(
      /already locked exclusively by PID \d+ on test host by tester/,
    );
    await lock.release();
    expect(await restic.run('check')).toContain('no errors were found');
  });
});
