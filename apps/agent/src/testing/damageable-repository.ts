import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedBlob } from '@breakwater/restic-format/blob';
import { decodeIndexFile, encodeIndexFile, type IndexFile } from '@breakwater/restic-format/index-file';
import { OpenPack } from '@breakwater/restic-format/open-pack';
import { openRepositoryWithKey, type Repository } from '@breakwater/restic-format/repository';
import { blobId, type SealedBlob, sealBlob } from '@breakwater/restic-format/sealed-blob';
import { PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { DirectoryStore } from '../store/directory-store.ts';
import { createRepository, makeFolder, openWithIndex, removeFolder } from './work-repository.ts';

/** A blob of a file or folder, and where it lies. */
export interface Victim {
  blob: PackedBlob;
  packId: string;
  /** Bytes of the pack. */
  size: number;
}

/** A repository that stock restic filled, and a fresh copy of it for each test to damage. */
export class DamageableRepository {
  readonly folder: string;
  readonly restic: StockRestic;
  /** Folder of the copy. */
  readonly place: string;
  readonly #whole: Repository;
  #repository: Repository;

  constructor(folder: string, restic: StockRestic, whole: Repository) {
    this.folder = folder;
    this.restic = restic;
    this.place = restic.repository;
    this.#whole = whole;
    this.#repository = whole;
  }

  /** `fill` makes what is backed up, `source` in the folder it is given, and backs it up. */
  static async create(
    fill: (source: string, backUp: () => Promise<string>) => Promise<void>,
  ): Promise<DamageableRepository> {
    const folder = await makeFolder();
    writeFileSync(join(folder, 'password'), PASSWORD);
    await createRepository(join(folder, 'whole'));
    const source = join(folder, 'source');
    mkdirSync(source);
    const restic = new StockRestic(folder);
    await fill(source, () => restic.run('-r', 'whole', 'backup', 'source'));
    return new DamageableRepository(folder, restic, await openWithIndex(join(folder, 'whole')));
  }

  async remove(): Promise<void> {
    await removeFolder(this.folder);
  }

  /** The copy, opened. */
  get repository(): Repository {
    return this.#repository;
  }

  async copy(): Promise<void> {
    rmSync(this.place, { recursive: true, force: true });
    cpSync(join(this.folder, 'whole'), this.place, { recursive: true });
    const { key, keyId } = this.#whole;
    this.#repository = await openRepositoryWithKey(new DirectoryStore(this.place), key, keyId);
    await this.#repository.loadIndex();
  }

  /** What our `repo` commands need to be told. */
  get access(): string[] {
    return ['--repo', this.place, '--password-file', join(this.folder, 'password')];
  }

  packPath(packId: string): string {
    return join(this.place, 'data', packId.slice(0, 2), packId);
  }

  rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
    chmodSync(path, 0o600);
    writeFileSync(path, change(readFileSync(path)));
  }

  flip(path: string, at: number): void {
    this.rewrite(path, (bytes) => {
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    });
  }

  /** The first blob of a file of the last snapshot (`data`), or a folder's tree. */
  async victim(path: string[], type: 'data' | 'tree'): Promise<Victim> {
    let { tree: id } = (await this.#repository.loadSnapshot('latest')).snapshot;
    for (const name of path) {
      const node = (await this.#repository.loadTree(id)).nodes.find((one) => one.name === name);
      id = node?.subtree ?? node?.content?.[0] ?? '';
    }
    const { index } = this.#repository;
    const found = index.lookup(type, id);
    if (found === undefined) throw new Error(`${path.join('/')} has no ${type} blob`);
    const size = [...index.packSizes()].find(({ packId }) => packId === found.packId)?.size ?? 0;
    return { blob: { type, id, ...found }, packId: found.packId, size };
  }

  /** Writes each index file anew as `change` makes it. */
  async changeIndexes(change: (index: IndexFile) => IndexFile): Promise<void> {
    for (const { name } of await this.#repository.store.list('index')) {
      const file = decodeIndexFile(await this.#repository.loadUnpacked('index', name), name);
      await this.addIndex(change(file).packs);
      await this.#repository.store.remove('index', name);
    }
  }

  async addIndex(packs: IndexFile['packs']): Promise<void> {
    await this.#repository.saveUnpacked('index', encodeIndexFile({ supersedes: [], packs }));
  }

  /** Seals blobs as they should be: the plaintext under its own hash. */
  sealed(type: 'data' | 'tree', text: string): SealedBlob {
    const plaintext = Buffer.from(text);
    return sealBlob(this.#repository.key, 2, type, plaintext, blobId(plaintext));
  }

  async addPack(blobs: readonly SealedBlob[], indexed: boolean): Promise<string> {
    const pack = new OpenPack('data', Buffer.alloc(1024 * 1024));
    for (const blob of blobs) pack.add(blob);
    const { packId, parts, blobs: packed } = pack.finish(this.#repository.key);
    await this.#repository.store.write('data', packId, parts);
    if (indexed) await this.addIndex([{ packId, blobs: packed }]);
    return packId;
  }

  /** A snapshot of one folder whose tree has this JSON. */
  async addSnapshotOf(treeJson: string): Promise<void> {
    const blob = this.sealed('tree', `${treeJson}\n`);
    await this.addPack([blob], true);
    const { snapshot } = await this.#repository.loadSnapshot('latest');
    await this.#repository.saveSnapshot({ ...snapshot, tree: blob.id, paths: ['/odd'] });
  }
}
