import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TargetFolder, targetTree } from './targets.ts';

/** Leaves as `place in the snapshot = path`, folders above them as `place/ from path`. */
function shape(tree: TargetFolder, prefix = ''): string[] {
  return [...tree].flatMap(([name, node]) =>
    node.kind === 'leaf'
      ? [`${prefix}/${name} = ${node.path}`]
      : [`${prefix}/${name}/ from ${node.infoPath}`, ...shape(node.children, `${prefix}/${name}`)],
  );
}

describe('targetTree', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps the folders above absolute paths', () => {
    expect(shape(targetTree(['/usr/lib/x/', '/usr/share']))).toEqual([
      '/usr/ from /usr',
      '/usr/lib/ from /usr/lib',
      '/usr/lib/x = /usr/lib/x',
      '/usr/share = /usr/share',
    ]);
  });

  it('begins relative paths at their first name and keeps equal names apart', () => {
    expect(shape(targetTree(['a/b', '../a', './c']))).toEqual([
      '/a/ from a',
      '/a/b = a/b',
      '/a-1 = ../a',
      '/c = c',
    ]);
  });

  it('takes a path that is given twice once', () => {
    expect(shape(targetTree(['/x', '/x/', '/./x']))).toEqual(['/x = /x']);
  });

  it('spreads a folder that holds another target, in either order', () => {
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'beside'), '');
    const both = [folder, join(folder, 'in')];
    const expected = [`${folder}/beside = ${folder}/beside`, `${folder}/in = ${folder}/in`];
    for (const paths of [both, both.toReversed()]) {
      const leaves = shape(targetTree(paths)).filter((line) => line.includes(' = '));
      expect(leaves.sort()).toEqual(expected);
    }
  });

  it('stands for the entries of a folder that has no name', () => {
    const root = shape(targetTree(['/']));
    expect(root).toContain('/tmp = /tmp');
    expect(root.some((line) => line.startsWith('/ '))).toBe(false);
  });
});
