import { expect, test } from 'vitest';
import { onlyFolders } from './only-folders.ts';
import type { Folder, TreeEntry } from './visible-rows.ts';

const entry = (name: string, type: TreeEntry['type'], readable = true): TreeEntry => ({
  name,
  type,
  size: 1,
  mtime: '2026-11-22T00:00:00Z',
  readable,
  linkTarget: null,
});
const loaded = (...entries: TreeEntry[]): Folder => ({ state: 'loaded', entries, truncated: false });

test('a folder that lies alone in its folder is opened with it', () => {
  const folders = new Map<string, Folder>([
    ['/', loaded(entry('srv', 'dir'))],
    ['/srv', loaded(entry('www', 'dir'))],
  ]);
  expect(onlyFolders(folders)).toEqual(['/srv', '/srv/www']);
});

test.each<[string, Folder]>([
  ['a file beside it', loaded(entry('www', 'dir'), entry('notes', 'file'))],
  ['only a file', loaded(entry('notes', 'file'))],
  ['a link, which leads elsewhere', loaded(entry('www', 'symlink'))],
  ['a folder nobody may read', loaded(entry('www', 'dir', false))],
  ['more than can be shown', { state: 'loaded', entries: [entry('www', 'dir')], truncated: true }],
  ['not read yet', { state: 'loading' }],
])('%s: nothing is opened', (_name, folder) => {
  expect(onlyFolders(new Map([['/', folder]]))).toEqual([]);
});
