import { type BigIntStats, lstatSync } from 'node:fs';
import { posix } from 'node:path';
import { systemPath } from './system-path.ts';

/**
 * `--one-file-system`: says of an absolute path whether it lies on another file system than the nearest target at
 * or above it. The folder on which another file system is mounted is still taken, empty. `targets` are absolute.
 */
export function otherFileSystems(targets: readonly string[]): (path: string, stat: BigIntStats) => boolean {
  const devices = new Map<string, bigint>();
  for (const target of targets) {
    devices.set(target, lstatSync(systemPath(target), { bigint: true }).dev);
  }
  const isOwn = (path: string, device: bigint): boolean => {
    for (let folder = path; ; folder = posix.dirname(folder)) {
      const allowed = devices.get(folder);
      if (allowed !== undefined) return allowed === device;
      if (folder === posix.dirname(folder)) return false;
    }
  };
  return (path, stat) => {
    if (isOwn(path, stat.dev)) return false;
    if (!stat.isDirectory()) return true;
    const above = posix.dirname(path);
    try {
      return !isOwn(above, lstatSync(systemPath(above), { bigint: true }).dev);
    } catch {
      return true;
    }
  };
}
