export interface RepositoryUsage {
  bytes: number;
  files: number;
}

/**
 * Bytes and files of each repository without walking the disk for each question: every folder is counted once
 * in the background, then kept by adding and subtracting. A change made while its folder is being counted wins
 * over what the count saw; a change before that will be seen by it.
 */
export class UsageTally {
  readonly #totals = new Map<string, RepositoryUsage>();
  readonly #folders = new Map<string, RepositoryUsage>();
  /** Folders being counted, with the size by name (null: removed) of what changed meanwhile. */
  readonly #counting = new Map<string, Map<string, number | null>>();

  /** A repository is reported from now on; what is in it counts as nothing until it is counted. */
  know(repository: string): void {
    if (!this.#totals.has(repository)) this.#totals.set(repository, { bytes: 0, files: 0 });
  }

  knows(repository: string): boolean {
    return this.#totals.has(repository);
  }

  get(repository: string): RepositoryUsage {
    return this.#totals.get(repository) ?? { bytes: 0, files: 0 };
  }

  all(): { repositoryId: string; bytes: number; files: number }[] {
    return [...this.#totals].map(([repositoryId, usage]) => ({ repositoryId, ...usage }));
  }

  totalBytes(): number {
    let bytes = 0;
    for (const usage of this.#totals.values()) bytes += usage.bytes;
    return bytes;
  }

  /** A folder that was just made has nothing to count. */
  folderMade(repository: string, folder: string): void {
    this.#set(repository, folder, { bytes: 0, files: 0 });
  }

  added(repository: string, folder: string, name: string, size: number): void {
    this.#change(repository, folder, name, size, { bytes: size, files: 1 });
  }

  /** `size` is what the removed file had. */
  removed(repository: string, folder: string, name: string, size: number): void {
    this.#change(repository, folder, name, null, { bytes: -size, files: -1 });
  }

  /** Counts a folder, or counts it again. `measure` reads names and sizes from the disk. */
  async count(
    repository: string,
    folder: string,
    measure: () => Promise<readonly { name: string; size: number }[]>,
  ): Promise<void> {
    const during = new Map<string, number | null>();
    this.#counting.set(folder, during);
    try {
      const sizes = new Map<string, number>();
      for (const { name, size } of await measure()) sizes.set(name, size);
      for (const [name, size] of during) {
        if (size === null) sizes.delete(name);
        else sizes.set(name, size);
      }
      let bytes = 0;
      for (const size of sizes.values()) bytes += size;
      this.#set(repository, folder, { bytes, files: sizes.size });
    } finally {
      this.#counting.delete(folder);
    }
  }

  #change(repository: string, folder: string, name: string, size: number | null, by: RepositoryUsage): void {
    this.know(repository);
    const during = this.#counting.get(folder);
    if (during !== undefined) {
      during.set(name, size);
      return;
    }
    const before = this.#folders.get(folder);
    if (before === undefined) return;
    this.#set(repository, folder, { bytes: before.bytes + by.bytes, files: before.files + by.files });
  }

  #set(repository: string, folder: string, now: RepositoryUsage): void {
    const before = this.#folders.get(folder) ?? { bytes: 0, files: 0 };
    this.#folders.set(folder, now);
    const total = this.get(repository);
    this.#totals.set(repository, {
      bytes: total.bytes + now.bytes - before.bytes,
      files: total.files + now.files - before.files,
    });
  }
}
