import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { hasCode } from './file-system.ts';

/**
 * Folders whose own names are known to be durable. Whoever finds a folder there must not take it for durable:
 * it may have been made a moment ago, or by a process that died before it synced the parent. So each folder's
 * parent is synced once in each process's life.
 */
export class DurableFolders {
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #onMade: (path: string) => void;
  readonly #known = new Map<string, Promise<void>>();

  /** `root` is taken for durable; all folders lie under it. */
  constructor(fs: FileSystem, root: string, onMade: (path: string) => void) {
    this.#fs = fs;
    this.#root = root;
    this.#onMade = onMade;
  }

  /** Makes the folder and those above it where they are missing. */
  ensure(path: string): Promise<void> {
    if (path === this.#root) return Promise.resolve();
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const made = this.#make(path).catch((error: unknown) => {
      this.#known.delete(path);
      throw error;
    });
    this.#known.set(path, made);
    return made;
  }

  /** Someone removed folders behind our back. */
  forget(): void {
    this.#known.clear();
  }

  async #make(path: string): Promise<void> {
    const parent = dirname(path);
    await this.ensure(parent);
    try {
      await this.#fs.makeFolder(path);
      this.#onMade(path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    await this.#fs.syncFolder(parent);
  }
}
