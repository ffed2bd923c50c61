import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareTrees } from '../testing/compare-trees.ts';
import { makeNastyTree, unlockTree } from '../testing/nasty-tree.ts';
import {
  backUpInto,
  makeWorkplace,
  openWithIndex,
  removeFolder,
  restoreFrom,
  summarize,
} from '../testing/work-repository.ts';
import { including } from './pattern-selection.ts';
import type { RestoreOptions, RestoreResult } from './restore-snapshot.ts';

let folder: string;
let source: string;
let repository: string;
let target: string;
let there: string;
let snapshotId: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
  target = join(folder, 'target');
  there = join(target, source);
});
afterEach(() => removeFolder(folder));

async function backUp(): Promise<void> {
  ({ snapshotId } = await backUpInto(repository, [source]));
}

async function restore(options: Partial<RestoreOptions> = {}): Promise<RestoreResult> {
  return await restoreFrom(repository, snapshotId, target, { mode: 'anywhere', ...options });
}

function write(name: string, content: string | Buffer): void {
  writeFileSync(join(source, name), content);
}

describe('restoring over what is there', () => {
  it('leaves what is right alone and completes what is half written, each byte read once', async () => {
    makeNastyTree(source, { smallFiles: 40 });
    write('large', randomBytes(12_000_000));
    await backUp();
    await restore();
    const large = join(there, 'large');
    const { ino } = lstatSync(large);
    const bytes = readFileSync(large);
    // As a restore that was killed leaves it: the end is missing, and something in between.
    bytes.fill(0, 6_000_000, 6_000_100);
    writeFileSync(large, bytes);
    truncateSync(large, 11_000_000);
    await rm(join(there, 'text'));
    const done: string[] = [];
    const { issues, counters } = await restore({
      verify: true,
      onItem: (action, path) => {
        if (action === 'updated') done.push(path);
      },
    });
    expect(issues).toEqual([]);
    expect(done).toEqual([join(source, 'large')]);
    // Of the large file only the blobs that differ are written again.
    expect(counters.bytesUnchanged).toBeGreaterThan(10_000_000);
    expect(lstatSync(large).ino).toBe(ino);
    expect(compareTrees(source, there)).toEqual([]);
    for (const top of [source, there]) unlockTree(top);
  });

  it.each([false, true])(
    'leaves links alone that are right already, and only those (dry run: %j)',
    async (dryRun) => {
      for (const name of ['same', 'changed', 'parted']) {
        write(name, `content of ${name}`);
        linkSync(join(source, name), join(source, `${name} too`));
      }
      await backUp();
      await restore();
      const { ino } = lstatSync(join(there, 'same too'));
      writeFileSync(join(there, 'changed'), 'something else');
      await rm(join(there, 'parted too'));
      write('../apart', 'content of parted');
      await rename(join(source, '../apart'), join(there, 'parted too'));
      const done: Record<string, string> = {};
      const { counters, issues } = await restore({
        overwrite: 'always',
        dryRun,
        onItem: (action, path) => {
          done[path.slice(source.length)] = action;
        },
      });
      expect(issues).toEqual([]);
      expect(done).toMatchObject({
        '/same': 'unchanged',
        '/same too': 'unchanged',
        '/changed': 'restored',
        '/changed too': 'restored',
        '/parted': 'unchanged',
        '/parted too': 'restored',
      });
      expect([counters.filesUnchanged, counters.filesDone]).toEqual([3, 3]);
      expect(lstatSync(join(there, 'same too')).ino).toBe(ino);
      if (!dryRun) expect(compareTrees(source, there)).toEqual([]);
    },
  );

  it('changes no other name of a file that it changes', async () => {
    write('file', 'new content');
    await backUp();
    mkdirSync(there, { recursive: true });
    writeFileSync(join(folder, 'other name'), 'old content');
    linkSync(join(folder, 'other name'), join(there, 'file'));
    await restore();
    expect(readFileSync(join(there, 'file'), 'utf8')).toBe('new content');
    expect(readFileSync(join(folder, 'other name'), 'utf8')).toBe('old content');
  });

  it.each([
    ['always', ['changed', 'unlike', 'older there', 'newer there']],
    ['if-changed', ['changed', 'older there', 'newer there']],
    ['if-newer', ['older there']],
    ['never', []],
  ] as const)('--overwrite %s replaces %j', async (overwrite, expected) => {
    const names = ['changed', 'unlike', 'older there', 'newer there', 'missing'];
    for (const name of names) {
      write(name, 'from the snapshot');
      utimesSync(join(source, name), 1_600_000_000, 1_600_000_000);
    }
    await backUp();
    mkdirSync(there, { recursive: true });
    const present: [name: string, content: string, time: number][] = [
      ['changed', 'shorter', 1_600_000_000],
      // Same size and time: only reading tells.
      ['unlike', 'FROM the snapshot', 1_600_000_000],
      ['older there', 'older', 1_500_000_000],
      ['newer there', 'newer', 1_700_000_000],
    ];
    for (const [name, content, time] of present) {
      writeFileSync(join(there, name), content);
      utimesSync(join(there, name), time, time);
    }
    const { issues, counters } = await restore({ overwrite, verify: overwrite !== 'if-changed' });
    expect(issues).toEqual([]);
    const replaced = names.filter((name) => readFileSync(join(there, name), 'utf8') === 'from the snapshot');
    expect(replaced.sort()).toEqual([...expected, 'missing'].sort());
    expect(counters.filesDone).toBe(expected.length + 1);
    expect(counters.filesUnchanged + counters.filesSkipped).toBe(names.length - 1 - expected.length);
  });

  it('removes what the snapshot does not hold, of what is chosen, and follows no symlink', async () => {
    mkdirSync(join(source, 'folder'));
    write('folder/kept', 'kept');
    write('file', 'file');
    await backUp();
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'precious');
    mkdirSync(join(there, 'folder/extra/deep'), { recursive: true });
    writeFileSync(join(there, 'folder/extra/deep/file'), 'x');
    writeFileSync(join(there, 'extra.log'), 'x');
    symlinkSync(outside, join(there, 'folder/link'));
    mkdirSync(join(there, 'file'));

    const deleted: string[] = [];
    const onItem: RestoreOptions['onItem'] = (action, path) => {
      if (action === 'deleted') deleted.push(path.slice(source.length));
    };
    const selection = including([{ patterns: [`${source}/folder`], ignoreCase: false, option: '--include' }]);
    const would = await restore({ delete: true, dryRun: true, onItem, selection });
    expect(would.issues).toEqual([]);
    const expected = ['/folder/extra', '/folder/extra/deep', '/folder/extra/deep/file', '/folder/link'];
    expect(deleted.sort()).toEqual(expected);
    expect(existsSync(join(there, 'folder/extra/deep/file'))).toBe(true);
    expect(existsSync(join(there, 'folder/kept'))).toBe(false);

    await restore({ delete: true, selection });
    expect(readdirSync(join(there, 'folder'))).toEqual(['kept']);
    expect(readdirSync(there).sort()).toEqual(['extra.log', 'file', 'folder']);

    expect((await restore({ delete: true })).issues).toEqual([]);
    expect(compareTrees(source, there)).toEqual([]);
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious');
  });

  it('writes nothing in a dry run, and counts what it would write', async () => {
    mkdirSync(join(source, 'folder'));
    write('folder/file', 'content');
    await backUp();
    const { counters, issues } = await restore({ dryRun: true });
    expect({ issues, files: counters.filesDone, bytes: counters.bytesDone }).toEqual({
      issues: [],
      files: 1,
      bytes: 7,
    });
    expect(existsSync(target)).toBe(false);
  });

  it('makes holes of zeros when asked to', async () => {
    const content = Buffer.concat([
      randomBytes(10_000),
      Buffer.alloc(20_000_000),
      randomBytes(5),
      Buffer.alloc(9),
    ]);
    write('holey', content);
    write('all zeros', Buffer.alloc(3_000_000));
    await backUp();
    await restore({ sparse: true, verify: true });
    expect(compareTrees(source, there)).toEqual([]);
    expect(lstatSync(join(there, 'holey')).blocks * 512).toBeLessThan(1_000_000);
    expect(lstatSync(join(there, 'all zeros')).blocks).toBe(0);
  });

  it('verifies what it has written', async () => {
    write('file', 'content');
    await backUp();
    const { filesVerified, issues } = await restore({ verify: true });
    expect({ filesVerified, issues }).toEqual({ filesVerified: 1, issues: [] });
  });
});

describe('restoring from a copy without one of its packs', () => {
  it('names each file with the pack and the blob, and restores the rest', async () => {
    write('lost', randomBytes(3_000_000));
    chmodSync(join(source, 'lost'), 0o640);
    await backUp();
    const { index } = await openWithIndex(repository);
    const lost = [...index.packs()].find(({ blobs }) => blobs.some(({ type }) => type === 'data'));
    write('good', randomBytes(1_000_000));
    await backUp();
    const pack = lost?.packId ?? '';
    await rm(join(repository, 'data', pack.slice(0, 2), pack));

    mkdirSync(there, { recursive: true });
    writeFileSync(join(there, 'lost'), 'an older version');
    const { issues } = await restore();
    expect(summarize(issues)).toEqual([`damaged ${join(source, 'lost')}`]);
    expect(issues[0]?.message).toContain(`pack ${pack} is missing`);
    const blob = /data blob ([0-9a-f]{64})/.exec(issues[0]?.message ?? '')?.[1];
    expect(lost?.blobs.map(({ id }) => id)).toContain(blob);
    // Nothing of it was touched, because the loss was known before.
    expect(readFileSync(join(there, 'lost'), 'utf8')).toBe('an older version');
    expect(readFileSync(join(there, 'good')).equals(readFileSync(join(source, 'good')))).toBe(true);
  });
});
