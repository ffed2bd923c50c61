import { type BigIntStats, lstatSync } from 'node:fs';
import { posix } from 'node:path';
import type { Breather } from '../backup/breather.ts';
import { readFolder } from './read-folder.ts';
import type { Selection } from './selection.ts';
import { systemPath } from './system-path.ts';
import type { TargetFolder } from './targets.ts';

export interface ScanTotals {
  files: number;
  dirs: number;
  bytes: number;
  /** Entries that cannot be looked at, and folders that cannot be read. */
  unreadable: number;
}

export interface ScanOptions {
  selection: Selection;
  breather: Breather;
  /** Asked before each entry: false ends the scan where it is. */
  goOn: () => boolean;
  /** Opening a file is the only sure way to know that it can be read; done where one wants to know. */
  isReadable?: (path: string) => boolean;
}

/** Counts what a backup of these targets would take. `complete` is false when `goOn` ended it early. */
export async function scan(
  targets: TargetFolder,
  options: ScanOptions,
): Promise<ScanTotals & { complete: boolean }> {
  const totals: ScanTotals = { files: 0, dirs: 0, bytes: 0, unreadable: 0 };
  // A stack, not recursion: the depth of a tree is not ours to choose.
  const stack: { path: string; explicit: boolean }[] = [];
  addLeaves(targets, stack, totals);
  while (stack.length > 0) {
    if (options.breather.due) await options.breather.pause();
    if (!options.goOn()) return { ...totals, complete: false };
    const { path, explicit } = stack.pop() as { path: string; explicit: boolean };
    if (explicit || !options.selection.leavesOutName(path)) count(path, explicit, stack, totals, options);
  }
  return { ...totals, complete: true };
}

function addLeaves(
  targets: TargetFolder,
  stack: { path: string; explicit: boolean }[],
  totals: ScanTotals,
): void {
  for (const target of targets.values()) {
    if (target.kind === 'leaf') {
      stack.push({ path: target.path, explicit: target.explicit });
    } else {
      totals.dirs += 1;
      addLeaves(target.children, stack, totals);
    }
  }
}

function count(
  path: string,
  explicit: boolean,
  stack: { path: string; explicit: boolean }[],
  totals: ScanTotals,
  options: ScanOptions,
): void {
  let stat: BigIntStats;
  try {
    stat = lstatSync(systemPath(path), { bigint: true });
    if (!explicit && options.selection.leavesOut(path, stat)) return;
    if (stat.isDirectory()) {
      for (const name of readFolder(path)) stack.push({ path: posix.join(path, name), explicit: false });
      totals.dirs += 1;
    }
  } catch {
    totals.unreadable += 1;
    return;
  }
  if (!stat.isFile()) return;
  if (options.isReadable?.(path) === false) {
    totals.unreadable += 1;
    return;
  }
  totals.files += 1;
  totals.bytes += Number(stat.size);
}
