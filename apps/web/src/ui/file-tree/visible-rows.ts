import { isWithin, joinPath } from './paths.ts';

export interface TreeEntry {
  name: string;
  type: 'file' | 'dir' | 'symlink' | 'other';
  /** Bytes; of files only. */
  size: number;
  /** ISO time of the last change; null when unknown. */
  mtime: string | null;
  readable: boolean;
  linkTarget: string | null;
}

/** What is known of one folder's contents. */
export type Folder =
  | { state: 'loading' }
  | { state: 'failed'; message: string }
  | { state: 'loaded'; entries: readonly TreeEntry[]; truncated: boolean };

/** One line of the drawn tree. `level` starts at 1; `position` and `siblings` count within the parent. */
export type TreeRow =
  | {
      kind: 'entry';
      path: string;
      entry: TreeEntry;
      level: number;
      position: number;
      siblings: number;
      expanded: boolean | null;
    }
  | { kind: 'loading'; path: string; level: number }
  | { kind: 'failed'; path: string; level: number; message: string }
  | { kind: 'empty'; path: string; level: number }
  | { kind: 'truncated'; path: string; level: number };

/**
 * The lines to draw below `/`, which is the first of them: folders first, then by name. `filter` keeps entries whose
 * name contains it (any case) together with the folders above them; a folder whose own name matches keeps everything
 * below it.
 */
export function visibleRows(
  folders: ReadonlyMap<string, Folder>,
  expanded: ReadonlySet<string>,
  filter = '',
): TreeRow[] {
  const needle = filter.trim().toLowerCase();
  const open = expanded.has('/');
  const root: TreeRow = {
    kind: 'entry',
    path: '/',
    entry: ROOT,
    level: 1,
    position: 1,
    siblings: 1,
    expanded: open,
  };
  return open ? [root, ...rowsOf('/', 2, folders, expanded, needle)] : [root];
}

const ROOT: TreeEntry = { name: '/', type: 'dir', size: 0, mtime: null, readable: true, linkTarget: null };

function rowsOf(
  path: string,
  level: number,
  folders: ReadonlyMap<string, Folder>,
  expanded: ReadonlySet<string>,
  needle: string,
): TreeRow[] {
  const folder = folders.get(path) ?? { state: 'loading' };
  if (folder.state === 'loading') return [{ kind: 'loading', path, level }];
  if (folder.state === 'failed') return [{ kind: 'failed', path, level, message: folder.message }];
  const kept: { path: string; entry: TreeEntry; below: TreeRow[]; open: boolean }[] = [];
  for (const entry of sorted(folder.entries)) {
    const own = joinPath(path, entry.name);
    const hit = needle === '' || entry.name.toLowerCase().includes(needle);
    const open = entry.type === 'dir' && expanded.has(own);
    const below = open ? rowsOf(own, level + 1, folders, expanded, hit ? '' : needle) : [];
    if (hit || below.some((row) => row.kind === 'entry')) kept.push({ path: own, entry, below, open });
  }
  const rows = kept.flatMap((one, index): TreeRow[] => [
    {
      kind: 'entry',
      path: one.path,
      entry: one.entry,
      level,
      position: index + 1,
      siblings: kept.length,
      expanded: one.entry.type === 'dir' ? one.open : null,
    },
    ...one.below,
  ]);
  if (folder.truncated) rows.push({ kind: 'truncated', path, level });
  if (rows.length === 0 && needle === '') rows.push({ kind: 'empty', path, level });
  return rows;
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function sorted(entries: readonly TreeEntry[]): TreeEntry[] {
  return [...entries].sort(
    (a, b) => Number(b.type === 'dir') - Number(a.type === 'dir') || order.compare(a.name, b.name),
  );
}

/** A folder and a notice about its contents share a path; this tells them apart. */
export function rowKey(row: TreeRow): string {
  return `${row.kind}:${row.path}`;
}

/** The lines a window of `height` px shows at `scrollTop`, with a few more on both sides. */
export function rowWindow(
  count: number,
  scrollTop: number,
  height: number,
  rowHeight: number,
  spare = 8,
): { from: number; to: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { from: Math.min(first, last), to: last };
}

/** The folders that stay open after `path` is closed: none below it. */
export function collapse(expanded: ReadonlySet<string>, path: string): Set<string> {
  return new Set([...expanded].filter((one) => !isWithin(one, path)));
}
