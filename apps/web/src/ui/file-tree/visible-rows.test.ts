import { describe, expect, it } from 'vitest';
import { collapse, rowWindow, type Folder, type TreeEntry, visibleRows } from './visible-rows.ts';

const entry = (name: string, type: TreeEntry['type'] = 'file'): TreeEntry => ({
  name,
  type,
  size: 1,
  mtime: null,
  readable: true,
  linkTarget: null,
});
const loaded = (...entries: TreeEntry[]): Folder => ({ state: 'loaded', entries, truncated: false });
const words = (rows: ReturnType<typeof visibleRows>) =>
  rows
    .slice(1)
    .map((row) => `${'  '.repeat(row.level - 2)}${row.kind === 'entry' ? row.path : `<${row.kind}>`}`);

describe('visibleRows', () => {
  const folders = new Map<string, Folder>([
    ['/', loaded(entry('b10.txt'), entry('b2.txt'), entry('srv', 'dir'), entry('etc', 'dir'))],
    ['/etc', loaded(entry('hosts'), entry('ssh', 'dir'))],
    ['/etc/ssh', loaded(entry('sshd_config'))],
  ]);

  it('puts folders first and counts numbers as numbers', () => {
    expect(words(visibleRows(folders, new Set(['/'])))).toEqual(['/etc', '/srv', '/b2.txt', '/b10.txt']);
  });

  it('draws what is open, and says so where the contents are still on their way', () => {
    expect(words(visibleRows(folders, new Set(['/', '/etc', '/srv'])))).toEqual([
      '/etc',
      '  /etc/ssh',
      '  /etc/hosts',
      '/srv',
      '  <loading>',
      '/b2.txt',
      '/b10.txt',
    ]);
  });

  it('is the root alone while that is closed', () => {
    expect(visibleRows(folders, new Set()).map((row) => row.path)).toEqual(['/']);
  });

  it('keeps the folders above a match, and everything below a folder that matches', () => {
    const open = new Set(['/', '/etc', '/etc/ssh']);
    expect(words(visibleRows(folders, open, 'CONFIG'))).toEqual([
      '/etc',
      '  /etc/ssh',
      '    /etc/ssh/sshd_config',
    ]);
    expect(words(visibleRows(folders, open, 'etc'))).toEqual([
      '/etc',
      '  /etc/ssh',
      '    /etc/ssh/sshd_config',
      '  /etc/hosts',
    ]);
  });

  it('tells an empty folder, a failed one and a cut list apart', () => {
    const odd = new Map<string, Folder>([
      ['/', { state: 'loaded', entries: [entry('a', 'dir'), entry('b', 'dir')], truncated: true }],
      ['/a', loaded()],
      ['/b', { state: 'failed', message: 'permission denied' }],
    ]);
    expect(words(visibleRows(odd, new Set(['/', '/a', '/b'])))).toEqual([
      '/a',
      '  <empty>',
      '/b',
      '  <failed>',
      '<truncated>',
    ]);
  });

  it('numbers the lines within their folder', () => {
    const rows = visibleRows(folders, new Set(['/', '/etc'])).filter((row) => row.kind === 'entry');
    expect(rows.map((row) => [row.level, row.position, row.siblings])).toEqual([
      [1, 1, 1],
      [2, 1, 4],
      [3, 1, 2],
      [3, 2, 2],
      [2, 2, 4],
      [2, 3, 4],
      [2, 4, 4],
    ]);
  });
});

describe('rowWindow', () => {
  it('stays inside the list', () => {
    expect(rowWindow(1000, 0, 320, 32)).toEqual({ from: 0, to: 18 });
    expect(rowWindow(1000, 32_000, 320, 32)).toEqual({ from: 992, to: 1000 });
    expect(rowWindow(3, 0, 320, 32)).toEqual({ from: 0, to: 3 });
    expect(rowWindow(3, 32_000, 320, 32)).toEqual({ from: 3, to: 3 });
  });
});

describe('collapse', () => {
  it('closes what lies below as well', () => {
    expect([...collapse(new Set(['/a', '/a/b', '/ab']), '/a')]).toEqual(['/ab']);
  });
});
