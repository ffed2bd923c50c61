import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareTrees } from '../testing/compare-trees.ts';
import { asRoot, makeNastyTree, unlockTree } from '../testing/nasty-tree.ts';
import { backUpInto, createRepository, openWithIndex, restoreFrom } from '../testing/work-repository.ts';

const GIB = 1024 ** 3;
/** The source, one repository and one restored tree lie side by side. */
const ROOM = 8 * GIB;
const { bavail, bsize } = statfsSync(tmpdir());
const BIG = bavail * bsize > ROOM ? 2 * GIB : GIB / 16;
const limits = [
  ...(asRoot ? [] : ['no devices: not root']),
  ...(BIG === 2 * GIB ? [] : ['large file of 64 MiB only: less than 8 GiB free']),
];

describeWithRestic(`side by side with stock restic${limits.map((one) => ` (${one})`).join('')}`, () => {
  let restic: StockRestic;
  let source: string;
  beforeAll(async () => {
    restic = await StockRestic.create();
    source = join(restic.root, 'source folder');
    mkdirSync(source);
    makeNastyTree(source, { smallFiles: 10_000, bigFile: BIG });
  });
  afterAll(async () => {
    for (const folder of [source, ...targets]) unlockTree(folder);
    await restic.remove();
  });

  const targets: string[] = [];
  const target = (name: string): string => {
    const path = join(restic.root, name);
    targets.push(join(path, source));
    return path;
  };
  const backupByRestic = async (
    tool: StockRestic,
    ...args: string[]
  ): Promise<{ id: string; dataAdded: number; dataProcessed: number }> => {
    const lines = (await tool.run('backup', '--json', source, ...args)).trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}');
    return {
      id: last.snapshot_id,
      dataAdded: last.data_added,
      dataProcessed: last.total_bytes_processed,
    };
  };
  /** The source's own tree. The folders above it, such as /tmp, change under our hands. */
  const treeOf = async (folder: string, id: string): Promise<string | null> => {
    const repository = await openWithIndex(folder);
    let tree: string | null = (await repository.loadSnapshot(id)).snapshot.tree;
    for (const name of source.split('/').slice(1)) {
      const nodes: TreeNode[] = (await repository.loadTree(tree ?? '')).nodes;
      tree = nodes.find((node) => node.name === name)?.subtree ?? null;
    }
    return tree;
  };

  const drop = (name: string): void => {
    unlockTree(join(restic.root, name, source));
    rmSync(join(restic.root, name), { recursive: true });
  };

  it('writes what restic checks, restores, and finds nothing new in', async () => {
    await createRepository(restic.repository);
    const ours = await backUpInto(restic.repository, [source], { hostname: hostname() });
    expect(ours.issues).toEqual([]);
    expect(ours.stats.filesNew).toBe(ours.progress.filesDone);
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');

    const restored = target('restored by restic');
    await restic.run('restore', ours.snapshotId, '--target', restored);
    expect(compareTrees(source, join(restored, source))).toEqual([]);
    drop('restored by restic');

    const theirs = await backupByRestic(restic, '--force');
    const tree = await treeOf(restic.repository, ours.snapshotId);
    expect(tree).not.toBeNull();
    expect(await treeOf(restic.repository, theirs.id)).toBe(tree);
    expect(theirs.dataAdded).toBeLessThan(theirs.dataProcessed / 100);
    rmSync(restic.repository, { recursive: true });
  }, 600_000);

  it('restores what restic wrote, and finds nothing new in it', async () => {
    const folder = join(restic.root, 'made by restic');
    const other = new StockRestic(restic.root, { RESTIC_REPOSITORY: folder });
    await other.run('init');
    const theirs = await backupByRestic(other);

    const restored = target('restored by us');
    const result = await restoreFrom(folder, theirs.id, restored);
    expect(result.issues).toEqual([]);
    expect(compareTrees(source, join(restored, source))).toEqual([]);
    expect(result.stats.bytesRestored).toBe(theirs.dataProcessed);
    drop('restored by us');

    const tree = await treeOf(folder, theirs.id);
    for (const force of [false, true]) {
      const ours = await backUpInto(folder, [source], { hostname: hostname(), force });
      expect(await treeOf(folder, ours.snapshotId)).toBe(tree);
      expect(ours.stats.bytesAdded).toBeLessThan(theirs.dataProcessed / 100);
      expect(ours.snapshot.parent?.slice(0, 8) ?? null).toBe(force ? null : theirs.id.slice(0, 8));
      if (!force) expect(ours.stats).toMatchObject({ filesNew: 0, filesChanged: 0, dirsNew: 0 });
    }
  }, 600_000);
});
