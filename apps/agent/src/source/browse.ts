import { type BigIntStats, accessSync, constants, lstatSync, opendirSync } from 'node:fs';
import { posix } from 'node:path';
import type { BrowseAnswer } from '@breakwater/contract/agent-messages';
import { Failure } from '@breakwater/domain/failure';
import { formatGoTime, ZERO_GO_TIME } from '@breakwater/restic-format/go-time';
import { rawFromBytes } from '@breakwater/restic-format/raw-string';
import { Breather } from '../backup/breather.ts';
import { errorCode } from '../posix/error-code.ts';
import { displayPath } from './display-path.ts';
import { systemPath } from './system-path.ts';
import { cleanPath } from './targets.ts';

/** What a person can still look through; the rest is `truncated`. */
const MAX_ENTRIES = 2000;

type BrowseEntry = BrowseAnswer['entries'][number];

/**
 * One folder of the source, folders first, then by name. `path` is absolute. Throws `invalid-request`,
 * `path-not-found`, `path-unreadable`.
 */
export async function browse(path: string): Promise<BrowseAnswer> {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new Failure('invalid-request', `The path "${path}" cannot be browsed: expected an absolute path`);
  }
  const folder = cleanPath(path);
  const { names, truncated } = await readNames(folder);
  const breather = new Breather();
  const entries: BrowseEntry[] = [];
  for (const name of names) {
    if (breather.due) await breather.pause();
    const entry = describe(folder, name);
    if (entry !== null) entries.push(entry);
  }
  entries.sort(
    (left, right) =>
      Number(right.type === 'dir') - Number(left.type === 'dir') ||
      (left.name < right.name ? -1 : Number(left.name > right.name)),
  );
  return { path: folder, entries, truncated };
}

async function readNames(folder: string): Promise<{ names: string[]; truncated: boolean }> {
  const names: string[] = [];
  try {
    // One name at a time, so that a folder of millions costs no more than what is shown.
    const entries = opendirSync(systemPath(folder), { encoding: 'latin1' as BufferEncoding });
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
        if (names.length === MAX_ENTRIES) return { names, truncated: true };
        names.push(rawFromBytes(Buffer.from(entry.name, 'latin1')));
      }
      return { names, truncated: false };
    } finally {
      entries.closeSync();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') throw new Failure('path-not-found', `The folder ${folder} does not exist`);
    if (code === 'ENOTDIR') throw new Failure('path-not-found', `${folder} is not a folder`);
    throw new Failure('path-unreadable', `The folder ${folder} cannot be read (${code ?? String(error)})`);
  }
}

function describe(folder: string, name: string): BrowseEntry | null {
  const path = systemPath(posix.join(folder, name));
  let stat: BigIntStats;
  try {
    stat = lstatSync(path, { bigint: true });
  } catch {
    // Gone since the folder was read.
    return null;
  }
  const type = stat.isDirectory()
    ? 'dir'
    : stat.isFile()
      ? 'file'
      : stat.isSymbolicLink()
        ? 'symlink'
        : 'other';
  return {
    name: displayPath(name),
    type,
    size: type === 'file' ? Number(stat.size) : 0,
    mtime: formatGoTime({ ...ZERO_GO_TIME, ns: stat.mtimeNs }),
    readable: type === 'symlink' || isAccessible(path, type === 'dir'),
  };
}

function isAccessible(path: string | Buffer, isFolder: boolean): boolean {
  try {
    accessSync(path, isFolder ? constants.R_OK | constants.X_OK : constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
