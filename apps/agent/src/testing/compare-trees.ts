import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  lstatSync,
  openSync,
  readlinkSync,
  readdirSync,
  readSync,
} from 'node:fs';
import { readAttributes } from '../posix/libc.ts';

/** Everything of an entry that a restore must bring back, as text, so that a difference reads well. */
type Entry = Record<string, string>;

const PIECE = Buffer.alloc(1024 * 1024);

/**
 * Compares two folders, names, types, modes, owners, times to the nanosecond, contents, link targets, devices,
 * attributes and hard-link groups. Returns the differences, none when they are equal. The two folders' own
 * metadata and sockets, which no backup keeps, do not count.
 */
export function compareTrees(left: string, right: string): string[] {
  const [a, b] = [describeTree(left), describeTree(right)];
  const differences: string[] = [];
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(path), b.get(path)];
    if (one === undefined || other === undefined) {
      differences.push(`${JSON.stringify(path)}: only in the ${one === undefined ? 'second' : 'first'}`);
      continue;
    }
    for (const field of new Set([...Object.keys(one), ...Object.keys(other)])) {
      if (one[field] === other[field]) continue;
      differences.push(`${JSON.stringify(path)}: ${field} ${one[field]} became ${other[field]}`);
    }
  }
  return differences;
}

/** Entries by path relative to the top; bytes stand as latin1 characters. */
function describeTree(top: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const linkGroups = new Map<string, string>();
  const walk = (folder: Buffer, prefix: string): void => {
    for (const name of readdirSync(folder, { encoding: 'latin1' as BufferEncoding }).sort()) {
      const path = Buffer.concat([folder, Buffer.from('/'), Buffer.from(name, 'latin1')]);
      const relative = prefix === '' ? name : `${prefix}/${name}`;
      const stat = lstatSync(path, { bigint: true });
      if (stat.isSocket()) continue;
      entries.set(relative, describe(path, relative, stat, linkGroups));
      if (stat.isDirectory()) walk(path, relative);
    }
  };
  walk(Buffer.from(top), '');
  return entries;
}

function describe(path: Buffer, relative: string, stat: BigIntStats, linkGroups: Map<string, string>): Entry {
  const entry: Entry = {
    mode: stat.mode.toString(8),
    owner: `${stat.uid}:${stat.gid}`,
    mtime: String(stat.mtimeNs),
  };
  if (stat.isSymbolicLink()) entry.target = readlinkSync(path, { encoding: 'buffer' }).toString('latin1');
  else {
    const attributes = readAttributes(path).map(({ name, value }) => `${name}=${value.toString('hex')}`);
    entry.attributes = attributes.sort().join();
  }
  if (stat.isBlockDevice() || stat.isCharacterDevice()) entry.device = String(stat.rdev);
  if (!stat.isFile()) return entry;
  entry.size = String(stat.size);
  entry.sha256 = hashOf(path);
  if (stat.nlink > 1n) {
    const first = linkGroups.get(String(stat.ino)) ?? relative;
    linkGroups.set(String(stat.ino), first);
    entry.linkedWith = first;
  }
  return entry;
}

/** Read piece by piece: a file of 2 GiB does not fit into one buffer. */
function hashOf(path: Buffer): string {
  const sum = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(file, PIECE);
      if (length === 0) return sum.digest('hex');
      sum.update(PIECE.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
