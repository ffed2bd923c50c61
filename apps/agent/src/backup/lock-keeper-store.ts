import type {
  ByteRange,
  FileKind,
  PackFiles,
  PackStore,
  StoredFile,
} from '@breakwater/restic-format/pack-store';

/** Index files and snapshots name other files: one that comes too late may name what a prune has removed. */
const NAMES_OTHERS: ReadonlySet<FileKind> = new Set(['index', 'snapshots']);

/**
 * A store that changes nothing once its lock has grown too old, not even in the moment after a machine or process
 * wakes up, before any timer has run. Locks themselves, and reading, go through.
 */
export class LockedStore implements PackStore {
  readonly #store: PackStore;
  readonly packFiles: PackFiles | undefined;
  #throwIfLost: (() => void) | null = null;

  constructor(store: PackStore) {
    this.#store = store;
    this.packFiles = store.packFiles;
  }

  get location(): string {
    return this.#store.location;
  }

  /** From now on every change asks first; `null`: nobody holds a lock. */
  guardWith(throwIfLost: (() => void) | null): void {
    this.#throwIfLost = throwIfLost;
  }

  list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]> {
    return this.#store.list(kind, signal);
  }

  stat(kind: FileKind, name: string, signal?: AbortSignal): Promise<number | null> {
    return this.#store.stat(kind, name, signal);
  }

  read(kind: FileKind, name: string, range?: ByteRange, signal?: AbortSignal): Promise<Buffer> {
    return this.#store.read(kind, name, range, signal);
  }

  async write(
    kind: FileKind,
    name: string,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    if (kind === 'locks') return await this.#store.write(kind, name, parts, signal);
    this.#throwIfLost?.();
    await this.#store.write(kind, name, parts, signal);
    if (!NAMES_OTHERS.has(kind)) return;
    try {
      this.#throwIfLost?.();
    } catch (error) {
      // It may have come after a prune. Without the signal, which has ended by now.
      await this.#store.remove(kind, name).catch(() => undefined);
      throw error;
    }
  }

  async remove(kind: FileKind, name: string, signal?: AbortSignal): Promise<void> {
    if (kind !== 'locks') this.#throwIfLost?.();
    await this.#store.remove(kind, name, signal);
  }
}
