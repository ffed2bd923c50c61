import { Failure } from '@breakwater/domain/failure';
import type { BlobHandle, BlobType } from './blob.ts';
import type { BlobIndex } from './blob-index.ts';
import type { RepositoryKey } from './crypto.ts';
import type { FileKind, PackStore } from './pack-store.ts';
import type { RepositoryConfig } from './repository-config.ts';
import type { Snapshot, StoredSnapshot } from './snapshot.ts';
import type { Tree } from './tree.ts';

/** A blob read from a pack, or why it cannot be had (`pack-damaged`, naming pack and blob). */
export type LoadedBlob = BlobHandle & ({ plaintext: Buffer } | { failure: Failure });

/** A repository opened with one of its passwords. Reads only, but for snapshots. */
export interface Repository {
  readonly store: PackStore;
  /** The config's id: the same for every copy. */
  readonly id: string;
  readonly config: RepositoryConfig;
  readonly key: RepositoryKey;
  /** Name of the key file that the password opened. */
  readonly keyId: string;
  /** Empty until `loadIndex`. */
  readonly index: BlobIndex;
  /** Packs that an index names but that are missing or of the wrong size, as of the last `loadIndex`. */
  readonly absentPacks: ReadonlySet<string>;
  /** Reads every index file and lists the packs; entries of absent packs do not count. */
  loadIndex(signal?: AbortSignal): Promise<BlobIndex>;
  /** Verified plaintext, from whichever pack has it whole. Throws `pack-damaged` naming pack and blob. */
  loadBlob(type: BlobType, id: string, signal?: AbortSignal): Promise<Buffer>;
  /** Reads many blobs of one pack with few range reads; yields each asked for once, in the pack's order. */
  loadBlobs(packId: string, blobs: readonly BlobHandle[], signal?: AbortSignal): AsyncGenerator<LoadedBlob>;
  loadTree(id: string, signal?: AbortSignal): Promise<Tree>;
  /** Oldest first. */
  listSnapshots(signal?: AbortSignal): Promise<StoredSnapshot[]>;
  /** By id, unique prefix or `latest`. Throws `snapshot-not-found`. */
  loadSnapshot(idOrPrefix: string, signal?: AbortSignal): Promise<StoredSnapshot>;
  /** Only after every blob it needs is in the index of this copy (RepositoryWriter.flush). */
  saveSnapshot(snapshot: Snapshot, signal?: AbortSignal): Promise<string>;
  /** Decrypted and decompressed JSON bytes of an index, snapshot or lock file. */
  loadUnpacked(
    kind: Exclude<FileKind, 'config' | 'data' | 'keys'>,
    id: string,
    signal?: AbortSignal,
  ): Promise<Buffer>;
  /** Compresses, encrypts, verifies and stores JSON bytes; returns the new file's name. */
  saveUnpacked(
    kind: Exclude<FileKind, 'config' | 'data' | 'keys'>,
    json: Buffer,
    signal?: AbortSignal,
  ): Promise<string>;
}

/** Tries every key file. Throws `wrong-password`, `not-found` (no repository there), `unsupported-format`. */
export async function openRepository(
  store: PackStore,
  _password: string,
  _options: { signal?: AbortSignal } = {},
): Promise<Repository> {
  throw new Failure('internal', `cannot open ${store.location}`);
}
