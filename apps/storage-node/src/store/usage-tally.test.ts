import { describe, expect, it } from 'vitest';
import { UsageTally } from './usage-tally.ts';

describe('UsageTally', () => {
  it('counts a folder once, then adds and subtracts', async () => {
    const tally = new UsageTally();
    await tally.count('repo', '/repo/index', async () => [
      { name: 'a', size: 10 },
      { name: 'b', size: 20 },
    ]);
    tally.added('repo', '/repo/index', 'c', 5);
    tally.removed('repo', '/repo/index', 'a', 10);
    expect(tally.get('repo')).toEqual({ bytes: 25, files: 2 });
    tally.folderMade('repo', '/repo/data/ab');
    tally.added('repo', '/repo/data/ab', 'd', 100);
    expect(tally.totalBytes()).toBe(125);
    expect(tally.all()).toEqual([{ repositoryId: 'repo', bytes: 125, files: 3 }]);
  });

  it('lets changes made during a count win over what the count saw', async () => {
    const tally = new UsageTally();
    await tally.count('repo', '/repo/index', async () => {
      tally.added('repo', '/repo/index', 'new', 7);
      tally.removed('repo', '/repo/index', 'gone', 20);
      return [
        { name: 'new', size: 7 },
        { name: 'gone', size: 20 },
        { name: 'old', size: 1 },
      ];
    });
    expect(tally.get('repo')).toEqual({ bytes: 8, files: 2 });
  });

  it('does not count a change before the count twice', async () => {
    const tally = new UsageTally();
    tally.added('repo', '/repo/index', 'a', 10);
    expect(tally.get('repo')).toEqual({ bytes: 0, files: 0 });
    await tally.count('repo', '/repo/index', async () => [{ name: 'a', size: 10 }]);
    await tally.count('repo', '/repo/index', async () => [{ name: 'a', size: 10 }]);
    expect(tally.get('repo')).toEqual({ bytes: 10, files: 1 });
  });

  it('keeps what it knew when a count fails', async () => {
    const tally = new UsageTally();
    tally.folderMade('repo', '/repo/index');
    tally.added('repo', '/repo/index', 'a', 10);
    const failing = tally.count('repo', '/repo/index', async () => {
      throw new Error('disk');
    });
    await expect(failing).rejects.toThrow('disk');
    tally.added('repo', '/repo/index', 'b', 1);
    expect(tally.get('repo')).toEqual({ bytes: 11, files: 2 });
  });
});
