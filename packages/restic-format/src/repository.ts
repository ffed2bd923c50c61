import { hash } from 'node:crypto';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { BlobHandle, BlobType } from './blob.ts';
import { BlobIndex } from './blob-index.ts';
import { type LoadedBlob, loadOneBlob, loadPackBlobs } from './blob-reading.ts';
import { open, type RepositoryKey } from './crypto.ts';
import { type DamageOptions, passOverDamaged } from './damage.ts';
import { type LoadedIndexFile, loadBlobIndex } from './index-loading.ts';
import { openKey } from './key-file.ts';
import { mapInParallel } from './map-in-parallel.ts';
import type { FileKind, PackStore } from './pack-store.ts';
import { decodeRepositoryConfig, type RepositoryConfig } from './repository-config.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot, type StoredSnapshot } from './snapshot.ts';
import { decodeTree, type Tree } from './tree.ts';
import { openUnpacked, sealUnpacked } from './unpacked-file.ts';

export type UnpackedKind = Exclude<FileKind, 'config' | 'data' | 'keys'>;

/** A repository opened with one of its passwords. Reads only, but for snapshots and locks. */
export interface Repository {
  readonly store: PackStore;
  /** The config's id: the same for every copy. */
  readonly id: string;
  readonly config: RepositoryConfig;
  readonly key: RepositoryKey;
  /** Name of the key file that the password opened. */
  readonly keyId: string;
  /** What this copy's index files name. Empty until `loadIndex`. */
  readonly index: BlobIndex;
  /** Packs that an index names but that are missing or of the wrong size, as of the last `loadIndex`. */
  readonly absentPacks: ReadonlySet<string>;
  /** The index files, as of the last `loadIndex`. */
  readonly indexFiles: readonly LoadedIndexFile[];
  /** Reads every index file and lists the packs; entries of absent packs do not count. */
  loadIndex(signal?: AbortSignal, options?: DamageOptions): Promise<BlobIndex>;
  /** Verified plaintext, from whichever pack has it whole. Throws `pack-damaged` naming pack and blob. */
  loadBlob(type: BlobType, id: string, signal?: AbortSignal): Promise<Buffer>;
  /** Reads many blobs of one pack with few range reads; yields each asked for once, in the pack's order. */
  loadBlobs(packId: string, blobs: readonly BlobHandle[], signal?: AbortSignal): AsyncGenerator<LoadedBlob>;
  loadTree(id: string, signal?: AbortSignal): Promise<Tree>;
  /** Oldest first. */
  listSnapshots(signal?: AbortSignal, options?: DamageOptions): Promise<StoredSnapshot[]>;
  /** By id, unique prefix or `latest`. Throws `snapshot-not-found`. */
  loadSnapshot(idOrPrefix: string, signal?: AbortSignal): Promise<StoredSnapshot>;
  /** Only after every blob it needs is in the index of this copy (RepositoryWriter.flush). */
  saveSnapshot(snapshot: Snapshot, signal?: AbortSignal): Promise<string>;
  /** Decrypted and decompressed JSON bytes of an index, snapshot or lock file. */
  loadUnpacked(kind: UnpackedKind, id: string, signal?: AbortSignal): Promise<Buffer>;
  /** Compresses, encrypts, verifies and stores JSON bytes; returns the new file's name. */
  saveUnpacked(kind: UnpackedKind, json: Buffer, signal?: AbortSignal): Promise<string>;
}

const FILES_AT_ONCE = 8;

/** Tries every key file. Throws `wrong-password`, `not-found` (no repository there), `unsupported-format`. */
export async function openRepository(
  store: PackStore,
  password: string,
  options: { signal?: AbortSignal } = {},
): Promise<Repository> {
  const { signal } = options;
  const sealedConfig = await readConfig(store, signal);
  const { key, keyId } = await findKey(store, password, signal);
  return new OpenRepository(store, key, keyId, openConfig(store, key, sealedConfig));
}

/** Opens another copy of a repository whose key is at hand, without deriving it from the password again. */
export async function openRepositoryWithKey(
  store: PackStore,
  key: RepositoryKey,
  keyId: string,
  options: { signal?: AbortSignal } = {},
): Promise<Repository> {
  const sealedConfig = await readConfig(store, options.signal);
  return new OpenRepository(store, key, keyId, openConfig(store, key, sealedConfig));
}

function openConfig(store: PackStore, key: RepositoryKey, sealed: Buffer): RepositoryConfig {
  const json = open(key, sealed);
  if (json !== null) return decodeRepositoryConfig(json);
  const message = `${store.location}: the config's authentication code does not match`;
  throw new Failure('repository-damaged', message);
}

async function readConfig(store: PackStore, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await store.read('config', 'config', undefined, signal);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== 'not-found') throw error;
    throw new Failure('not-found', `there is no repository at ${store.location}`, { cause: failure });
  }
}

async function findKey(
  store: PackStore,
  password: string,
  signal: AbortSignal | undefined,
): Promise<{ key: RepositoryKey; keyId: string }> {
  const unusable: Failure[] = [];
  const files = await store.list('keys', signal);
  for (const { name } of files) {
    const bytes = await store.read('keys', name, undefined, signal);
    try {
      return { key: await openKey(bytes, password, `key ${name}`), keyId: name };
    } catch (error) {
      const failure = asFailure(error);
      // A broken or hostile key file must not keep the good ones from being tried.
      if (failure.code === 'internal') throw failure;
      if (failure.code !== 'wrong-password') unusable.push(failure);
      else if (hash('sha256', bytes, 'hex') !== name) unusable.push(otherThanNamed(name));
    }
    if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
  }
  const [first] = unusable;
  if (first !== undefined && unusable.length === files.length) throw first;
  const aside = first === undefined ? '' : ` (and ${first.message})`;
  throw new Failure('wrong-password', `no key of ${store.location} opens with this password${aside}`);
}

/** A key whose bytes have changed opens with no password: that must not look like a wrong one only. */
function otherThanNamed(name: string): Failure {
  return new Failure('repository-damaged', `key ${name}: its bytes have another hash than its name`);
}

class OpenRepository implements Repository {
  readonly store: PackStore;
  readonly config: RepositoryConfig;
  readonly key: RepositoryKey;
  readonly keyId: string;
  index = new BlobIndex();
  absentPacks: ReadonlySet<string> = new Set();
  indexFiles: readonly LoadedIndexFile[] = [];

  constructor(store: PackStore, key: RepositoryKey, keyId: string, config: RepositoryConfig) {
    this.store = store;
    this.key = key;
    this.keyId = keyId;
    this.config = config;
  }

  get id(): string {
    return this.config.id;
  }

  async loadIndex(signal?: AbortSignal, options: DamageOptions = {}): Promise<BlobIndex> {
    const { index, absentPacks, indexFiles } = await loadBlobIndex(
      this.store,
      (name) => this.loadUnpacked('index', name, signal),
      options,
      signal,
    );
    this.index = index;
    this.absentPacks = absentPacks;
    this.indexFiles = indexFiles;
    return index;
  }

  loadBlob(type: BlobType, id: string, signal?: AbortSignal): Promise<Buffer> {
    return loadOneBlob(this, { type, id }, signal);
  }

  loadBlobs(packId: string, blobs: readonly BlobHandle[], signal?: AbortSignal): AsyncGenerator<LoadedBlob> {
    return loadPackBlobs(this, packId, blobs, signal);
  }

  async loadTree(id: string, signal?: AbortSignal): Promise<Tree> {
    return decodeTree(await this.loadBlob('tree', id, signal), id);
  }

  async listSnapshots(signal?: AbortSignal, options: DamageOptions = {}): Promise<StoredSnapshot[]> {
    const files = await this.store.list('snapshots', signal);
    const loaded = await mapInParallel(files, FILES_AT_ONCE, async ({ name }) => {
      try {
        return await this.#loadSnapshotFile(name, signal);
      } catch (error) {
        return passOverDamaged(name, error, options);
      }
    });
    const snapshots = loaded.filter((one) => one !== null);
    return snapshots.sort((a, b) => compareBigint(a.snapshot.time.ns, b.snapshot.time.ns));
  }

  async loadSnapshot(idOrPrefix: string, signal?: AbortSignal): Promise<StoredSnapshot> {
    if (idOrPrefix === 'latest') {
      const latest = (await this.listSnapshots(signal)).at(-1);
      if (latest !== undefined) return latest;
      throw new Failure('snapshot-not-found', `${this.store.location} holds no snapshot`);
    }
    if (!/^[0-9a-f]{1,64}$/.test(idOrPrefix)) {
      const expected = 'expected "latest" or the first hex digits of an id';
      throw new Failure('snapshot-not-found', `"${idOrPrefix}" names no snapshot: ${expected}`);
    }
    const files = await this.store.list('snapshots', signal);
    const [first, ...others] = files.filter((file) => file.name.startsWith(idOrPrefix));
    if (first === undefined) {
      throw new Failure('snapshot-not-found', `${this.store.location} has no snapshot ${idOrPrefix}`);
    }
    if (others.length > 0) {
      const count = others.length + 1;
      throw new Failure(
        'snapshot-not-found',
        `${count} snapshots begin with ${idOrPrefix}: give more digits`,
      );
    }
    return this.#loadSnapshotFile(first.name, signal);
  }

  saveSnapshot(snapshot: Snapshot, signal?: AbortSignal): Promise<string> {
    return this.saveUnpacked('snapshots', encodeSnapshot(snapshot), signal);
  }

  async loadUnpacked(kind: UnpackedKind, id: string, signal?: AbortSignal): Promise<Buffer> {
    const what = `${this.store.location}: ${kind} file ${id}`;
    const sealed = await this.store.read(kind, id, undefined, signal);
    if (hash('sha256', sealed, 'hex') !== id) {
      throw new Failure('repository-damaged', `${what}: its bytes have another hash than its name`);
    }
    return openUnpacked(this.key, sealed, what);
  }

  async saveUnpacked(kind: UnpackedKind, json: Buffer, signal?: AbortSignal): Promise<string> {
    const sealed = sealUnpacked(this.key, this.config.version, json);
    const name = hash('sha256', sealed, 'hex');
    await this.store.write(kind, name, [sealed], signal);
    return name;
  }

  async #loadSnapshotFile(id: string, signal: AbortSignal | undefined): Promise<StoredSnapshot> {
    return { id, snapshot: decodeSnapshot(await this.loadUnpacked('snapshots', id, signal), id) };
  }
}

function compareBigint(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
