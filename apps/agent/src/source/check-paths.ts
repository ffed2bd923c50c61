import { lstatSync } from 'node:fs';
import { Failure } from '@breakwater/domain/failure';
import { errorCode } from '../posix/error-code.ts';
import { displayPath } from './display-path.ts';
import { readFolder } from './read-folder.ts';
import { systemPath } from './system-path.ts';

/**
 * Which of a backup's paths can be begun at all. Throws `path-not-found` or `path-unreadable` when none can, so
 * that nothing is written for a mistyped path.
 */
export function checkPaths(paths: readonly string[]): {
  usable: string[];
  broken: { path: string; error: unknown }[];
} {
  const usable: string[] = [];
  const broken: { path: string; error: unknown }[] = [];
  for (const path of paths) {
    try {
      if (lstatSync(systemPath(path)).isDirectory()) readFolder(path);
      usable.push(path);
    } catch (error) {
      broken.push({ path, error });
    }
  }
  const first = broken[0];
  if (usable.length > 0 || first === undefined) return { usable, broken };
  const missing = ['ENOENT', 'ENOTDIR'].includes(errorCode(first.error) ?? '');
  const others = broken.length > 1 ? `, and the other ${broken.length - 1} of this backup neither` : '';
  throw missing
    ? new Failure('path-not-found', `The path ${displayPath(first.path)} does not exist${others}`)
    : new Failure(
        'path-unreadable',
        `The path ${displayPath(first.path)} cannot be read (${errorCode(first.error) ?? String(first.error)})${others}`,
      );
}
