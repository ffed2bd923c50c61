import { join } from 'node:path';
import { repositoryId } from '@breakwater/contract/ids';
import type { FileKind } from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import { diskFailure } from './disk-failure.ts';
import { DurableFolders } from './durable-folders.ts';
import type { FileSystem, ReadableFile } from './file-system.ts';
import { hasCode } from './file-system.ts';
import { IncomingFile, RepeatedFile } from './incoming-file.ts';
import { NameTurns } from './name-turns.ts';
import {
  folderOf,
  INCOMING_PREFIX,
  isPackFolder,
  isStoredName,
  pathOf,
  repositoryFolders,
  reservedRepositoryNames,
} from './repository-layout.ts';
import type {
  Admission,
  FileAddress,
  FileSink,
  Holdings,
  RepositoryStore,
  StoredFile,
  StoredKind,
} from './repository-store.ts';
import { SpaceBudget, type SpaceLimits } from './space-budget.ts';
import { UsageTally } from './usage-tally.ts';

/** Sizes asked for at the same time: keeps the thread pool busy and leaves it to others in between. */
const STAT_BATCH = 64;

/** Repositories as folders in `root`, each a plain restic repository that stock restic can open in place. */
export class DiskStore implements RepositoryStore {
  readonly budget: SpaceBudget;
  readonly usage = new UsageTally();
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #folders: DurableFolders;
  readonly #turns = new NameTurns();
  readonly #live = new Set<string>();

  /** `root` must be there. */
  constructor(fs: FileSystem, root: string, limits: SpaceLimits) {
    this.#fs = fs;
    this.#root = root;
    this.#folders = new DurableFolders(fs, root, (path) => this.#folderMade(path));
    this.budget = new SpaceBudget(
      () => fs.space(root),
      () => this.usage.totalBytes(),
      limits,
    );
  }

  location(repository: string): string {
    return join(this.#root, repository);
  }

  async repositories(): Promise<string[]> {
    return (await this.#folderNames()).filter(isRepositoryName);
  }

  async holdings(): Promise<Holdings> {
    const holdings: Holdings = { repositories: [], misnamed: [], unreadable: [] };
    for (const name of await this.#folderNames()) {
      const config = pathOf(this.#root, { repository: name, kind: 'config', name: 'config' });
      try {
        if ((await this.#fs.fileSize(config)) === null) continue;
        await this.#entries(join(this.location(name), 'keys'));
        // Put there while this node ran: the survey has not come by yet.
        if (isRepositoryName(name) && !this.usage.knows(name)) await this.#surveyRepository(name);
      } catch (error) {
        if (diskFailure(error).code !== 'unavailable') throw error;
        // Such as lost+found.
        if (isRepositoryName(name)) holdings.unreadable.push(name);
        continue;
      }
      if (!isRepositoryName(name)) holdings.misnamed.push(name);
      else holdings.repositories.push({ repositoryId: name, ...this.usage.get(name) });
    }
    return holdings;
  }

  async measure(repository: string): Promise<{ bytes: number; files: number }> {
    if (!(await this.exists(repository))) throw noRepository(repository);
    await this.#surveyRepository(repository);
    return this.usage.get(repository);
  }

  exists(repository: string): Promise<boolean> {
    return this.#fs.folderExists(this.location(repository));
  }

  async create(repository: string): Promise<void> {
    try {
      // What was remembered may have been removed by hand since.
      if (!(await this.exists(repository))) this.#folders.forget();
      for (const folder of repositoryFolders) {
        await this.#folders.ensure(join(this.location(repository), folder));
      }
    } catch (error) {
      throw diskFailure(error);
    }
    this.usage.know(repository);
  }

  async *list(repository: string, kind: FileKind): AsyncGenerator<StoredFile[]> {
    if (!(await this.exists(repository))) throw noRepository(repository);
    for (const folder of await this.#foldersOf(repository, kind)) {
      yield* this.#filesIn(folder, kind);
    }
  }

  stat(file: FileAddress): Promise<number | null> {
    return this.#fs.fileSize(pathOf(this.#root, file));
  }

  async open(file: FileAddress): Promise<ReadableFile> {
    try {
      return await this.#fs.openFile(pathOf(this.#root, file));
    } catch (error) {
      throw diskFailure(error);
    }
  }

  async receive(file: FileAddress, admission: Admission): Promise<FileSink> {
    if (!(await this.exists(file.repository))) throw noRepository(file.repository);
    if ((await this.stat(file)) !== null) return new RepeatedFile(this.#fs, this.#root, file);
    const lease = await this.budget.admit(admission.expectedBytes, admission.mayUseReserve);
    const context = {
      fs: this.#fs,
      root: this.#root,
      turns: this.#turns,
      live: this.#live,
      onStored: (stored: FileAddress, bytes: number) =>
        this.usage.added(stored.repository, folderOf(this.#root, stored), stored.name, bytes),
    };
    try {
      await this.#folders.ensure(folderOf(this.#root, file));
      try {
        return await IncomingFile.create(context, file, lease);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        this.#folders.forget();
        await this.#folders.ensure(folderOf(this.#root, file));
        return await IncomingFile.create(context, file, lease);
      }
    } catch (error) {
      lease.release();
      throw diskFailure(error);
    }
  }

  remove(file: FileAddress): Promise<boolean> {
    const path = pathOf(this.#root, file);
    const folder = folderOf(this.#root, file);
    return this.#turns.take(path, async () => {
      const size = await this.stat(file);
      if (size === null) return false;
      try {
        await this.#fs.removeFile(path);
        this.usage.removed(file.repository, folder, file.name, size);
        await this.#fs.syncFolder(folder);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return false;
        throw diskFailure(error);
      }
      return true;
    });
  }

  /**
   * Walks all repositories once: removes what interrupted uploads left behind and counts what is stored. May
   * run while files come and go. Returns how many left-overs were removed.
   */
  async survey(): Promise<number> {
    let removed = 0;
    for (const repository of await this.repositories()) removed += await this.#surveyRepository(repository);
    return removed;
  }

  async #surveyRepository(repository: string): Promise<number> {
    this.usage.know(repository);
    let removed = await this.#surveyFolder(repository, this.location(repository), 'config');
    for (const kind of ['index', 'keys', 'locks', 'snapshots', 'data'] as const) {
      for (const folder of await this.#foldersOf(repository, kind)) {
        removed += await this.#surveyFolder(repository, folder, kind);
      }
    }
    return removed;
  }

  async #surveyFolder(repository: string, folder: string, kind: StoredKind): Promise<number> {
    let removed = 0;
    for (const { name, isFolder } of await this.#entries(folder)) {
      const path = join(folder, name);
      if (isFolder || !name.startsWith(INCOMING_PREFIX) || this.#live.has(path)) continue;
      try {
        await this.#fs.removeFile(path);
        removed += 1;
      } catch (error) {
        // An upload that ended between the listing and now took its file away itself.
        if (!hasCode(error, 'ENOENT')) throw diskFailure(error);
      }
    }
    await this.usage.count(repository, folder, async () => {
      const files: StoredFile[] = [];
      for await (const batch of this.#filesIn(folder, kind)) files.push(...batch);
      return files;
    });
    return removed;
  }

  /** Sorted; what begins with a dot is nobody's repository. */
  async #folderNames(): Promise<string[]> {
    const entries = await this.#fs.listFolder(this.#root);
    return entries
      .filter(({ name, isFolder }) => isFolder && !name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  }

  async #foldersOf(repository: string, kind: FileKind): Promise<string[]> {
    const folder = join(this.location(repository), kind);
    if (kind !== 'data') return [folder];
    const entries = await this.#entries(folder);
    return entries
      .filter((entry) => entry.isFolder && isPackFolder(entry.name))
      .map((entry) => join(folder, entry.name));
  }

  async *#filesIn(folder: string, kind: StoredKind): AsyncGenerator<StoredFile[]> {
    const names = (await this.#entries(folder))
      .filter((entry) => !entry.isFolder && isStoredName(kind, entry.name))
      .map((entry) => entry.name);
    for (let at = 0; at < names.length; at += STAT_BATCH) {
      const found = await Promise.all(
        names.slice(at, at + STAT_BATCH).map(async (name) => ({
          name,
          size: await this.#fs.fileSize(join(folder, name)),
        })),
      );
      // A file removed between the two questions is not there.
      yield found.filter((file): file is StoredFile => file.size !== null);
    }
  }

  async #entries(folder: string) {
    try {
      return await this.#fs.listFolder(folder);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw diskFailure(error);
    }
  }

  #folderMade(path: string): void {
    const [repository] = path.slice(this.#root.length).split('/').filter(Boolean);
    if (repository !== undefined) this.usage.folderMade(repository, path);
  }
}

function isRepositoryName(name: string): boolean {
  return repositoryId.safeParse(name).success && !reservedRepositoryNames.has(name);
}

function noRepository(repository: string): Failure {
  return new Failure('not-found', `There is no repository "${repository}" on this node.`);
}
