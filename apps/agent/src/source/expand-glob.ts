import { lstatSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { matchesGlobPart, parseGlobPart } from './glob-part.ts';
import { readFolder } from './read-folder.ts';
import { systemPath } from './system-path.ts';

/**
 * The existing paths that a pattern stands for, sorted within each folder, as Go's filepath.Glob finds them: no
 * `**`, hidden names like any other, unreadable folders have nothing. Throws `invalid-request` for a malformed one.
 */
export function expandGlob(pattern: string): string[] {
  for (const part of pattern.split('/')) {
    if (parseGlobPart(part) !== null) continue;
    throw new Failure('invalid-request', `--files-from: the pattern "${pattern}" is malformed`);
  }
  return expand(pattern);
}

function expand(pattern: string): string[] {
  if (!hasMeta(pattern)) return exists(pattern) ? [pattern] : [];
  const slash = pattern.lastIndexOf('/');
  const above = folderOf(pattern.slice(0, slash + 1));
  const last = pattern.slice(slash + 1);
  const glob = parseGlobPart(last);
  if (glob === null) return [];
  const folders = hasMeta(above) ? expand(above) : [above];
  return folders.flatMap((folder) =>
    entriesOf(folder)
      .filter((name) => matchesGlobPart(glob, name))
      .map((name) => posix.join(folder, name)),
  );
}

function hasMeta(text: string): boolean {
  return /[*?[\\]/.test(text);
}

/** The part before the last name, without its slash. */
function folderOf(text: string): string {
  if (text === '') return '.';
  return text === '/' ? '/' : text.slice(0, -1);
}

function exists(path: string): boolean {
  try {
    lstatSync(systemPath(path));
    return true;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return statSync(systemPath(folder)).isDirectory() ? readFolder(folder) : [];
  } catch {
    return [];
  }
}
