import type { TreeRow } from './visible-rows.ts';

/** What a key means in a tree, after the ARIA tree pattern. */
export type TreeAction =
  | { type: 'move'; index: number }
  | { type: 'expand' | 'collapse' | 'toggle' | 'retry'; path: string }
  | { type: 'none' };

/** `page` is how many lines fit on the screen. */
export function treeAction(key: string, rows: readonly TreeRow[], index: number, page: number): TreeAction {
  const row = rows[index];
  const last = rows.length - 1;
  const move = (to: number): TreeAction => ({ type: 'move', index: Math.min(last, Math.max(0, to)) });
  if (row === undefined) return rows.length === 0 ? { type: 'none' } : move(0);
  switch (key) {
    case 'ArrowDown':
      return move(index + 1);
    case 'ArrowUp':
      return move(index - 1);
    case 'PageDown':
      return move(index + page);
    case 'PageUp':
      return move(index - page);
    case 'Home':
      return move(0);
    case 'End':
      return move(last);
    case 'ArrowRight':
      if (row.kind !== 'entry' || row.expanded === null) return { type: 'none' };
      return row.expanded ? move(index + 1) : { type: 'expand', path: row.path };
    case 'ArrowLeft':
      if (row.kind === 'entry' && row.expanded === true) return { type: 'collapse', path: row.path };
      return move(parentIndex(rows, index));
    case ' ':
      return row.kind === 'entry' ? { type: 'toggle', path: row.path } : { type: 'none' };
    case 'Enter':
      if (row.kind === 'failed') return { type: 'retry', path: row.path };
      if (row.kind !== 'entry') return { type: 'none' };
      if (row.expanded === null) return { type: 'toggle', path: row.path };
      return { type: row.expanded ? 'collapse' : 'expand', path: row.path };
    default:
      return { type: 'none' };
  }
}

function parentIndex(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at -= 1) {
    if ((rows[at]?.level ?? 1) < level) return at;
  }
  return index;
}
