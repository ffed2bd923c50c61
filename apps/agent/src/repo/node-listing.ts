import type { GoTime } from '@breakwater/restic-format/go-time';
import { formatGoTime } from '@breakwater/restic-format/go-time';
import { rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import type { JsonRecord } from './repo-output.ts';

const MODE_LETTERS = 'dalTLDpSugct?';
const PERMISSION_LETTERS = 'rwxrwxrwx';

/** A mode as Go's os.FileMode.String() shows it: `drwxr-xr-x`, `urwxr-xr-x`, `Dcrw-------`. */
export function goModeString(mode: number): string {
  const kinds = [...MODE_LETTERS].filter((_letter, at) => (mode & (1 << (31 - at))) !== 0).join('');
  const permissions = [...PERMISSION_LETTERS].map((letter, at) => (mode & (1 << (8 - at)) ? letter : '-'));
  return `${kinds === '' ? '-' : kinds}${permissions.join('')}`;
}

/** Type bits of a Go mode for each node type; what old versions of restic stored may lack them. */
const TYPE_BITS: Readonly<Record<string, number>> = {
  dir: 0x80000000,
  symlink: 0x08000000,
  dev: 0x04000000,
  chardev: 0x04200000,
  fifo: 0x02000000,
  socket: 0x01000000,
};

/** Bytes as restic shows them: `1.500 MiB`. */
export function resticBytes(bytes: number): string {
  for (const [power, unit] of [
    [40, 'TiB'],
    [30, 'GiB'],
    [20, 'MiB'],
    [10, 'KiB'],
  ] as const) {
    if (bytes >= 2 ** power) return `${(bytes / 2 ** power).toFixed(3)} ${unit}`;
  }
  return `${bytes} B`;
}

/** A time of this machine's zone, as `2006-01-02 15:04:05`. */
export function localTime(time: GoTime): string {
  const date = new Date(Number(time.ns / 1_000_000n) - (time.ns % 1_000_000n < 0n ? 1 : 0));
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** An entry as restic's `ls` and `find` list it. The path is raw, and so is what comes out. */
export function nodeLine(path: string, node: TreeNode, long: boolean, human: boolean): string {
  if (!long) return path;
  const size = node.type === 'file' ? node.size : 0;
  const mode = goModeString((node.mode | (TYPE_BITS[node.type] ?? 0)) >>> 0);
  const target = node.type === 'symlink' ? ` -> ${node.linkTarget}` : '';
  const owner = `${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)}`;
  const shownSize = human ? resticBytes(size) : String(size).padStart(6);
  return `${mode} ${owner} ${shownSize} ${localTime(node.mtime)} ${path}${target}`;
}

/** The same for programs: restic's `node` record. */
export function nodeRecord(path: string, node: TreeNode): JsonRecord {
  return {
    name: rawToDisplay(node.name),
    type: node.type,
    path: rawToDisplay(path),
    uid: node.uid,
    gid: node.gid,
    size: node.type === 'file' ? node.size : undefined,
    mode: node.mode || undefined,
    permissions: goModeString(node.mode),
    mtime: formatGoTime(node.mtime),
    atime: formatGoTime(node.atime),
    ctime: formatGoTime(node.ctime),
    inode: node.inode || undefined,
    message_type: 'node',
    struct_type: 'node',
  };
}
