import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { errorCode } from '../posix/error-code.ts';
import { openAt } from '../posix/libc.ts';

/** A folder of the restore's target, known by its way from the top and never by a path that could be swapped. */
export interface TargetFolder {
  readonly parent: TargetFolder | null;
  readonly name: Buffer;
  /** Inside the snapshot, a raw string, for messages. */
  readonly path: string;
}

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const MAX_OPEN = 128;

/** Opens folders step by step from the top without following any symlink; keeps the last ones used open. */
export class OpenFolders {
  readonly #top: number;
  readonly #open = new Map<TargetFolder, number>();

  /** `top` is the target folder's descriptor; closed with the rest. */
  constructor(top: number) {
    this.#top = top;
  }

  /** A descriptor that is good until the next call. Throws the system's error, ELOOP or ENOTDIR for a symlink. */
  open(folder: TargetFolder): number {
    if (folder.parent === null) return this.#top;
    const known = this.#open.get(folder);
    if (known !== undefined) {
      // The end of a Map's order is its most recent.
      this.#open.delete(folder);
      this.#open.set(folder, known);
      return known;
    }
    const file = openAt(this.open(folder.parent), folder.name, FOLDER_FLAGS);
    this.#open.set(folder, file);
    const oldest = this.#open.entries().next().value;
    if (this.#open.size > MAX_OPEN && oldest !== undefined) {
      this.#open.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return file;
  }

  close(): void {
    for (const file of this.#open.values()) closeSync(file);
    this.#open.clear();
    closeSync(this.#top);
  }
}

/**
 * Opens the folder to restore into and makes it when it is missing. `fresh`: it must not exist or be empty.
 * Throws `target-not-empty`, or `target-not-allowed` when it cannot be used.
 */
export async function openTarget(targetPath: string, mode: 'fresh' | 'anywhere'): Promise<number> {
  const path = resolve(targetPath);
  try {
    await mkdir(dirname(path), { recursive: true });
    // Nobody else may look in while files do not have their own modes yet.
    await mkdir(path, { mode: 0o700 }).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    if (mode === 'fresh') {
      const present = await readdir(path);
      if (present.length > 0) {
        throw new Failure(
          'target-not-empty',
          `The folder ${path} is not empty (it holds ${present.length === 1 ? 'one entry' : `${present.length} entries`}): choose one that is empty or does not exist yet`,
        );
      }
    }
    return openSync(path, FOLDER_FLAGS);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'target-not-allowed',
      `The folder ${path} cannot be restored into (${errorCode(error) ?? String(error)})`,
      { cause: error },
    );
  }
}
