import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { openAt } from '../posix/libc.ts';

/** A folder of the restore's target, known by its way from the top and never by a path that could be swapped. */
export interface TargetFolder {
  readonly parent: TargetFolder | null;
  readonly name: Buffer;
  /** Inside the snapshot, a raw string, for messages. */
  readonly path: string;
  /** Null for the top, whose metadata is not restored. */
  readonly node: TreeNode | null;
  /** `unknown` until something needs it. `made`: by this restore, so nothing foreign is in it. */
  state: 'unknown' | 'made' | 'there' | 'refused';
  /** Names in it (bytes as latin1 characters) when it was there before; read when first asked for. */
  names: Set<string> | null;
}

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const MAX_OPEN = 128;

interface OpenFolder {
  descriptor: number;
  /** Threads that are using the descriptor. */
  pins: number;
}

/** Opens folders step by step from the top without following any symlink; keeps the last ones used open. */
export class OpenFolders {
  readonly #top: number;
  readonly #open = new Map<TargetFolder, OpenFolder>();

  /** `top` is the target folder's descriptor; closed with the rest. −1: there is none, and all is missing. */
  constructor(top: number) {
    this.#top = top;
  }

  /** A descriptor that is good until the next call. Throws the system's error, ELOOP or ENOTDIR for a symlink. */
  open(folder: TargetFolder): number {
    if (folder.parent === null) {
      if (this.#top >= 0) return this.#top;
      throw Object.assign(new Error('The target does not exist'), { code: 'ENOENT' });
    }
    const known = this.#open.get(folder);
    if (known !== undefined) {
      // The end of a Map's order is its most recent.
      this.#open.delete(folder);
      this.#open.set(folder, known);
      return known.descriptor;
    }
    const descriptor = openAt(this.open(folder.parent), folder.name, FOLDER_FLAGS);
    this.#open.set(folder, { descriptor, pins: 0 });
    if (this.#open.size > MAX_OPEN) this.#closeOldest();
    return descriptor;
  }

  /** As `open`, but it stays good until `unpin`. */
  pin(folder: TargetFolder): number {
    const descriptor = this.open(folder);
    const known = this.#open.get(folder);
    if (known !== undefined) known.pins += 1;
    return descriptor;
  }

  unpin(folder: TargetFolder): void {
    const known = this.#open.get(folder);
    if (known !== undefined) known.pins -= 1;
  }

  /** Whether an entry of this name was in the folder before the restore. */
  holds(folder: TargetFolder, name: Buffer): boolean {
    if (folder.state === 'made') return false;
    return this.namesIn(folder).has(name.toString('latin1'));
  }

  /** What was in a folder when it was first looked at. */
  namesIn(folder: TargetFolder): Set<string> {
    folder.names ??= new Set(this.readNames(folder));
    return folder.names;
  }

  /** What is in a folder now; bytes as latin1 characters. */
  readNames(folder: TargetFolder): string[] {
    return namesOf(this.open(folder));
  }

  close(): void {
    for (const { descriptor } of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
    if (this.#top >= 0) closeSync(this.#top);
  }

  #closeOldest(): void {
    for (const [folder, { descriptor, pins }] of this.#open) {
      if (pins > 0) continue;
      this.#open.delete(folder);
      closeSync(descriptor);
      return;
    }
  }
}

/** Names in an open folder, as latin1 characters. */
export function namesOf(folder: number): string[] {
  return readdirSync(`/proc/self/fd/${folder}`, { encoding: 'latin1' as BufferEncoding });
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
    throw targetFailure(path, error);
  }
}

/** The target as it is, for a restore that changes nothing; −1 when it does not exist. */
export function openTargetIfThere(targetPath: string): number {
  const path = resolve(targetPath);
  try {
    return openSync(path, FOLDER_FLAGS);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return -1;
    throw targetFailure(path, error);
  }
}

function targetFailure(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const target = linkTargetOf(path);
  if (target !== null) {
    return new Failure(
      'target-not-allowed',
      `${path} is a symbolic link, which a restore does not follow: give the folder itself, ${target}`,
      { cause: error },
    );
  }
  return new Failure(
    'target-not-allowed',
    `The folder ${path} cannot be restored into (${errorCode(error) ?? String(error)})`,
    { cause: error },
  );
}

/** Where a symlink leads, as an absolute path; null for what is none. */
function linkTargetOf(path: string): string | null {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return null;
  }
}
