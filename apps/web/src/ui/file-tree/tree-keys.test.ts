import { describe, expect, it } from 'vitest';
import { treeAction } from './tree-keys.ts';
import { type Folder, visibleRows } from './visible-rows.ts';

const dir = (name: string) => ({
  name,
  type: 'dir' as const,
  size: 0,
  mtime: null,
  readable: true,
  linkTarget: null,
});
const folders = new Map<string, Folder>([
  ['/', { state: 'loaded', entries: [dir('a'), dir('b'), { ...dir('f'), type: 'file' }], truncated: false }],
  ['/a', { state: 'failed', message: 'no' }],
]);
/** `/`, `/a`, failed below `/a`, `/b`, `/f` */
const rows = visibleRows(folders, new Set(['/', '/a']));

describe('treeAction', () => {
  it('moves within the list', () => {
    expect(treeAction('ArrowDown', rows, 4, 3)).toEqual({ type: 'move', index: 4 });
    expect(treeAction('ArrowUp', rows, 0, 3)).toEqual({ type: 'move', index: 0 });
    expect(treeAction('PageDown', rows, 0, 3)).toEqual({ type: 'move', index: 3 });
    expect(treeAction('End', rows, 0, 3)).toEqual({ type: 'move', index: 4 });
  });

  it('opens, enters, leaves and closes folders', () => {
    expect(treeAction('ArrowRight', rows, 3, 3)).toEqual({ type: 'expand', path: '/b' });
    expect(treeAction('ArrowRight', rows, 1, 3)).toEqual({ type: 'move', index: 2 });
    expect(treeAction('ArrowLeft', rows, 2, 3)).toEqual({ type: 'move', index: 1 });
    expect(treeAction('ArrowLeft', rows, 1, 3)).toEqual({ type: 'collapse', path: '/a' });
    expect(treeAction('ArrowLeft', rows, 4, 3)).toEqual({ type: 'move', index: 0 });
    expect(treeAction('ArrowRight', rows, 4, 3)).toEqual({ type: 'none' });
  });

  it('ticks with the space bar, and tries a failed folder again with Enter', () => {
    expect(treeAction(' ', rows, 1, 3)).toEqual({ type: 'toggle', path: '/a' });
    expect(treeAction('Enter', rows, 2, 3)).toEqual({ type: 'retry', path: '/a' });
    expect(treeAction('Enter', rows, 4, 3)).toEqual({ type: 'toggle', path: '/f' });
    expect(treeAction('x', rows, 1, 3)).toEqual({ type: 'none' });
  });

  it('starts at the top when the row it stood on is gone', () => {
    expect(treeAction('ArrowDown', rows, 99, 3)).toEqual({ type: 'move', index: 0 });
    expect(treeAction('ArrowDown', [], 0, 3)).toEqual({ type: 'none' });
  });
});
