import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunProgress, runProgress, runStats } from '@breakwater/contract/run';
import { Failure } from '@breakwater/domain/failure';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRoot } from '../testing/nasty-tree.ts';
import {
  backUpInto,
  makeWorkplace,
  openWithIndex,
  removeFolder,
  restoreFrom,
  summarize,
} from '../testing/work-repository.ts';

let folder: string;
let source: string;
let repository: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
});
afterEach(() => removeFolder(folder));

describe('backUp', () => {
  it('takes unchanged files from the parent snapshot and reads changed ones', async () => {
    writeFileSync(join(source, 'same'), 'same');
    writeFileSync(join(source, 'changed'), 'before');
    await backUpInto(repository, [source]);
    writeFileSync(join(source, 'changed'), 'after!');
    writeFileSync(join(source, 'new'), 'new');
    const { stats } = await backUpInto(repository, [source]);
    expect(stats).toMatchObject({ filesNew: 1, filesChanged: 1, filesUnmodified: 1, bytesProcessed: 13 });
    expect(runStats.parse(stats)).toEqual(stats);
  });

  it('reads an unchanged file again when the copy lost its content', async () => {
    writeFileSync(join(source, 'file'), randomBytes(100_000));
    await backUpInto(repository, [source]);
    for (const pack of await packFiles()) rmSync(pack);
    const again = await backUpInto(repository, [source]);
    expect(again.stats.bytesAdded).toBeGreaterThan(100_000);
    const { issues } = await restoreFrom(repository, again.snapshotId, join(folder, 'target'));
    expect(issues).toEqual([]);
  });

  it('tells progress by the contract, up to the totals', async () => {
    writeFileSync(join(source, 'one'), randomBytes(2_000_000));
    writeFileSync(join(source, 'two'), 'two');
    const told: RunProgress[] = [];
    const result = await backUpInto(repository, [source], { onProgress: (progress) => told.push(progress) });
    expect(told.length).toBeGreaterThan(0);
    for (const progress of told) expect(runProgress.parse(progress)).toEqual(progress);
    expect(told.at(-1)).toMatchObject({ filesDone: 2, bytesDone: 2_000_003, phase: 'finishing' });
    expect(result.progress.bytesSent).toBeGreaterThan(2_000_000);
  });

  it('leaves out what the excludes match', async () => {
    mkdirSync(join(source, 'cache'));
    writeFileSync(join(source, 'cache', 'big'), 'x');
    writeFileSync(join(source, 'a.tmp'), 'x');
    writeFileSync(join(source, 'kept'), 'x');
    const { snapshotId } = await backUpInto(repository, [source], { excludes: ['*.tmp', '/**/cache'] });
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    expect(await readdir(join(target, source))).toEqual(['kept']);
  });

  it('keeps several paths, one inside another, under their folders', async () => {
    mkdirSync(join(source, 'a/b'), { recursive: true });
    writeFileSync(join(source, 'a/b/deep'), 'deep');
    writeFileSync(join(source, 'a/beside'), 'beside');
    writeFileSync(join(source, 'not asked for'), 'no');
    const { snapshotId, snapshot } = await backUpInto(repository, [join(source, 'a'), join(source, 'a/b')]);
    expect(snapshot.paths).toEqual([join(source, 'a'), join(source, 'a/b')]);
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    expect((await readdir(join(target, source), { recursive: true })).sort()).toEqual([
      'a',
      'a/b',
      'a/b/deep',
      'a/beside',
    ]);
  });
});

describe('a backup of a source that changes or cannot be read', () => {
  it('goes on without a file that vanished since its folder was read, as restic does', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(source, name), name);
    await backUpInto(repository, [source]);
    // `b` is there when its folder is read, and gone when its turn comes after `a`.
    const { issues, snapshotId } = await backUpWhileReading(() => rmSync(join(source, 'b')));
    expect(issues).toEqual([]);
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    expect(await readdir(join(target, source))).toEqual(['a', 'c']);
  });

  it('keeps what it could read of a file that shrank', async () => {
    const big = join(source, 'big');
    writeFileSync(big, randomBytes(40_000_000));
    const { issues, snapshotId } = await backUpWhileReading(() => truncateSync(big, 30_000_000));
    expect(summarize(issues)).toEqual([`shrank ${big}`]);
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    const restored = await readFile(join(target, big));
    expect(restored.equals((await readFile(big)).subarray(0, restored.length))).toBe(true);
    expect(restored.length).toBe(30_000_000);
  });

  it('takes a growing file as it was when it was opened', async () => {
    const log = join(source, 'log');
    const before = randomBytes(20_000_000);
    writeFileSync(log, before);
    const { issues, snapshotId } = await backUpWhileReading(() => appendFileSync(log, 'one more line'));
    expect(issues).toEqual([]);
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    expect((await readFile(join(target, log))).equals(before)).toBe(true);
  });

  it.skipIf(asRoot)('goes on without what may not be read (needs an ordinary user)', async () => {
    mkdirSync(join(source, 'closed'));
    writeFileSync(join(source, 'closed', 'inside'), 'x');
    writeFileSync(join(source, 'secret'), 'x');
    writeFileSync(join(source, 'open'), 'x');
    chmodSync(join(source, 'closed'), 0);
    chmodSync(join(source, 'secret'), 0);
    const { issues } = await backUpInto(repository, [source]);
    chmodSync(join(source, 'closed'), 0o700);
    expect(summarize(issues)).toEqual([
      `unreadable ${join(source, 'closed')}`,
      `unreadable ${join(source, 'secret')}`,
    ]);
  });

  it('does not follow a folder that became a symlink', async () => {
    mkdirSync(join(source, 'a'));
    writeFileSync(join(source, 'a', 'first'), 'x');
    mkdirSync(join(source, 'b'));
    writeFileSync(join(source, 'b', 'file'), 'x');
    await backUpInto(repository, [source]);
    const { snapshotId } = await backUpWhileReading(() => {
      renameSync(join(source, 'b'), join(folder, 'moved'));
      symlinkSync('/etc', join(source, 'b'));
    });
    const target = join(folder, 'target');
    await restoreFrom(repository, snapshotId, target);
    expect((await readdir(join(target, source), { withFileTypes: true }))[1]?.isSymbolicLink()).toBe(true);
  });

  it('makes a partial snapshot when one of its paths is missing', async () => {
    writeFileSync(join(source, 'file'), 'x');
    const missing = join(folder, 'missing');
    const { issues, snapshot } = await backUpInto(repository, [missing, source]);
    expect(summarize(issues)).toEqual([`unreadable ${missing}`]);
    expect(snapshot.paths).toEqual([source]);
  });

  it('fails before it writes anything when none of its paths is there', async () => {
    const before = await readdir(repository, { recursive: true });
    await expect(backUpInto(repository, [join(folder, 'missing')])).rejects.toMatchObject({
      code: 'path-not-found',
      message: `The path ${join(folder, 'missing')} does not exist`,
    });
    expect(await readdir(repository, { recursive: true })).toEqual(before);
  });

  it('refuses a malformed exclude pattern, naming it', async () => {
    await expect(backUpInto(repository, [source], { excludes: ['ok', '[a-'] })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('"[a-"'),
    });
  });

  async function backUpWhileReading(change: () => void): ReturnType<typeof backUpInto> {
    const opened = await openWithIndex(repository);
    const has = opened.index.has.bind(opened.index);
    let changed = false;
    // The writer asks the index for each chunk: at the first one the rest of the file is still unread.
    opened.index.has = (type, id) => {
      if (!changed && type === 'data') {
        changed = true;
        change();
      }
      return has(type, id);
    };
    return await backUpInto(repository, [source], { repository: opened });
  }
});

describe('cancelling a backup', () => {
  it('stops at once, writes no snapshot and leaves a sound repository', async () => {
    writeFileSync(join(source, 'big'), randomBytes(60_000_000));
    const cancel = new AbortController();
    const backup = backUpInto(repository, [source], {
      signal: cancel.signal,
      onProgress: ({ bytesDone }) => {
        if (bytesDone > 0) cancel.abort();
      },
    });
    await expect(backup).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(join(repository, 'snapshots'))).toEqual([]);
    const again = await backUpInto(repository, [source]);
    const { issues } = await restoreFrom(repository, again.snapshotId, join(folder, 'target'));
    expect(issues).toEqual([]);
  });

  it('ends with the reason when the lock was lost', async () => {
    writeFileSync(join(source, 'file'), 'x');
    const lost = AbortSignal.abort(new Failure('lock-lost', 'The lock is gone'));
    await expect(backUpInto(repository, [source], { signal: lost })).rejects.toMatchObject({
      code: 'lock-lost',
    });
  });
});

async function packFiles(): Promise<string[]> {
  const entries = await readdir(join(repository, 'data'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
