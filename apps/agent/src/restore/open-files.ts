import { closeSync, ftruncateSync } from 'node:fs';
import { openAt } from '../posix/libc.ts';
import { closeQuietly, NEW_FILE_FLAGS, SAME_FILE_FLAGS } from './apply-metadata.ts';
import type { FileInWork } from './file-in-work.ts';
import type { OpenFolders } from './target-folder.ts';

const MAX_IDLE = 64;

interface OpenFile {
  descriptor: number;
  /** Threads that write to it. */
  pins: number;
  /** To be closed when no thread writes to it any more: its number may belong to another file at once. */
  closing: boolean;
}

/** Files that more than one order writes to; the last ones used stay open. */
export class OpenFiles {
  readonly #folders: OpenFolders;
  readonly #open = new Map<FileInWork, OpenFile>();

  constructor(folders: OpenFolders) {
    this.#folders = folders;
  }

  /** Makes the file or opens it once more; good until the next call. Throws the system's error. */
  open(file: FileInWork): number {
    const known = this.#open.get(file);
    if (known !== undefined) {
      this.#open.delete(file);
      this.#open.set(file, known);
      return known.descriptor;
    }
    const again = file.made || file.updating;
    const folder = this.#folders.open(file.folder);
    const descriptor = openAt(folder, file.name, again ? SAME_FILE_FLAGS : NEW_FILE_FLAGS, 0o600);
    if (!again) file.made = true;
    this.#open.set(file, { descriptor, pins: 0, closing: false });
    // What is longer than it should be, and holes at the end.
    ftruncateSync(descriptor, file.size);
    if (this.#open.size > MAX_IDLE) this.#closeOldest();
    return descriptor;
  }

  /** As `open`, but it stays good until `unpin`. */
  pin(file: FileInWork): number {
    const descriptor = this.open(file);
    const known = this.#open.get(file);
    if (known !== undefined) known.pins += 1;
    return descriptor;
  }

  unpin(file: FileInWork): void {
    const known = this.#open.get(file);
    if (known === undefined) return;
    known.pins -= 1;
    if (known.closing) this.close(file);
  }

  close(file: FileInWork): void {
    const known = this.#open.get(file);
    if (known === undefined) return;
    known.closing = true;
    if (known.pins > 0) return;
    this.#open.delete(file);
    closeQuietly(known.descriptor);
  }

  closeAll(): void {
    for (const { descriptor } of this.#open.values()) closeQuietly(descriptor);
    this.#open.clear();
  }

  #closeOldest(): void {
    for (const [file, { descriptor, pins }] of this.#open) {
      if (pins > 0) continue;
      this.#open.delete(file);
      closeSync(descriptor);
      return;
    }
  }
}
