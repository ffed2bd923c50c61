import { randomBytes } from 'node:crypto';
import { removeFileAt, renameAt } from '../posix/libc.ts';

export function temporaryName(): Buffer {
  return Buffer.from(`.breakwater-${randomBytes(8).toString('hex')}`);
}

/**
 * Makes an entry under its name; where something may be replaced, under a temporary name first, so that the old
 * entry stays until the new one is whole. A folder in the way is never replaced (EISDIR, ENOTEMPTY).
 */
export function place(folder: number, name: Buffer, replace: boolean, make: (name: Buffer) => void): void {
  if (!replace) {
    make(name);
    return;
  }
  const temporary = temporaryName();
  try {
    make(temporary);
  } catch (error) {
    removeQuietly(folder, temporary);
    throw error;
  }
  moveInto(folder, temporary, name);
}

export function moveInto(folder: number, temporary: Buffer, name: Buffer): void {
  try {
    renameAt(folder, temporary, name);
  } finally {
    removeQuietly(folder, temporary);
  }
}

/** Also after a rename that went well: between two links of one file it does nothing and leaves the old name. */
export function removeQuietly(folder: number, name: Buffer): void {
  try {
    removeFileAt(folder, name);
  } catch {
    // Not there any more, as it should be.
  }
}
