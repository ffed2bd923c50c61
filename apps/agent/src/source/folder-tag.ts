import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { rawBytes } from '@breakwater/restic-format/raw-string';
import { errorCode } from '../posix/error-code.ts';
import { displayPath } from './display-path.ts';
import { systemPath } from './system-path.ts';

/** https://bford.info/cachedir/ */
export const CACHE_TAG = 'CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55';

/**
 * Says of an absolute path whether its folder carries a tag file; the tag file itself is not excluded, so that a
 * folder restored is tagged again. `spec` is `name` or `name:header`, where the file must begin with the header.
 * `onWarning` is told about a tag file that is there and does not count. Throws `invalid-request`.
 */
export function parseFolderTag(
  spec: string,
  onWarning: (message: string) => void,
): (path: string) => boolean {
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  if (name === '') {
    throw new Failure('invalid-request', `--exclude-if-present is "${spec}": expected NAME or NAME:HEADER`);
  }
  const header = rawBytes(colon < 0 ? '' : spec.slice(colon + 1));
  // A walk is depth first: a folder's answer is asked for again after its subfolders', so all are kept.
  const known = new Map<string, boolean>();
  return (path) => {
    if (posix.basename(path) === name) return false;
    const folder = posix.dirname(path);
    let tagged = known.get(folder);
    if (tagged === undefined) {
      tagged = isTagged(posix.join(folder, name), header, onWarning);
      known.set(folder, tagged);
    }
    return tagged;
  };
}

function isTagged(tagFile: string, header: Buffer, onWarning: (message: string) => void): boolean {
  const path = systemPath(tagFile);
  try {
    lstatSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT')
      onWarning(`${displayPath(tagFile)} cannot be looked at: ${String(error)}`);
    return false;
  }
  if (header.length === 0) return true;
  try {
    if (beginsWith(path, header)) return true;
    onWarning(`${displayPath(tagFile)} does not have the header of a tag file, so its folder is taken`);
  } catch (error) {
    onWarning(`${displayPath(tagFile)} cannot be read: ${String(error)}`);
  }
  return false;
}

function beginsWith(path: string | Buffer, header: Buffer): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(header.length);
    let done = 0;
    while (done < start.length) {
      const got = readSync(file, start, done, start.length - done, done);
      if (got === 0) return false;
      done += got;
    }
    return start.equals(header);
  } finally {
    closeSync(file);
  }
}
