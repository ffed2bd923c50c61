import { fstatSync } from 'node:fs';
import type { Ownership } from './apply-metadata.ts';

/** What a new file has until it is whole, where it cannot be made as it is to be. */
export const PRIVATE_MODE = 0o600;
const PERMISSIONS = 0o777;
const MODE_BITS = 0o7777;

/**
 * Which files come into the world with the owner and mode that they are to have, so that these need not be set: that
 * is up to the process, the folder (set-group-id, default ACLs), the mount and the umask, so the first file of each
 * folder and mode is looked at. For a stretch of work during which the folders' descriptors stay open.
 */
export class BirthOwnership {
  readonly #folders = new Map<number, { uid: number; gid: number; modes: Map<number, boolean> }>();

  /** The mode to make a file with that is to be `wanted` in the end. Nobody may see more of it than then. */
  modeFor(folder: number, wanted: Ownership | null): number {
    if (wanted === null || (wanted.mode & ~PERMISSIONS) !== 0) return PRIVATE_MODE;
    const known = this.#folders.get(folder);
    if (known === undefined || known.uid !== wanted.uid || known.gid !== wanted.gid) return PRIVATE_MODE;
    return known.modes.get(wanted.mode) === false ? PRIVATE_MODE : wanted.mode;
  }

  /** Whether the new file, made with `mode`, is already as `wanted`. */
  isRight(folder: number, file: number, mode: number, wanted: Ownership | null): boolean {
    let known = this.#folders.get(folder);
    if (known === undefined) {
      const { uid, gid } = fstatSync(file);
      known = { uid, gid, modes: new Map() };
      this.#folders.set(folder, known);
    }
    if (wanted === null || mode !== wanted.mode || known.uid !== wanted.uid || known.gid !== wanted.gid) {
      return false;
    }
    let isRight = known.modes.get(mode);
    if (isRight === undefined) {
      const found = fstatSync(file);
      isRight =
        found.uid === wanted.uid && found.gid === wanted.gid && (found.mode & MODE_BITS) === wanted.mode;
      known.modes.set(mode, isRight);
    }
    return isRight;
  }
}
