import { Failure } from '@breakwater/domain/failure';
import { BulkPool } from './bulk-pool.ts';
import { copyBlobs } from './copy-blobs.ts';
import { isSimilarSnapshot } from './copy-similar.ts';
import { refuseVersion1 } from './format-version.ts';
import type { Repository } from './repository.ts';
import { SealedPackWriter } from './sealed-pack-writer.ts';
import type { StoredSnapshot } from './snapshot.ts';
import { TreeWalk } from './tree-walk.ts';

/** Snapshots are written once this much has been copied for them: what was copied counts if the rest fails. */
const BATCH_BYTES = 1024 * 1024 * 1024;

export interface CopyProgress {
  snapshotsDone: number;
  snapshotsTotal: number;
  /** Of the snapshots begun so far. */
  blobsDone: number;
  blobsTotal: number;
  /** Bytes of packs made durable in the destination. */
  bytesStored: number;
}

export interface CopyOptions {
  signal?: AbortSignal | undefined;
  onProgress?: (progress: CopyProgress) => void;
  /** Bytes after which a new pack is closed; 16 MiB by default. */
  packBytes?: number | undefined;
  /** Told as soon as it is known: `to` is the id in the destination. */
  onSnapshot?: (copied: { from: StoredSnapshot; to: string; isNew: boolean }) => void;
}

export interface CopyResult {
  copied: number;
  /** Snapshots that the destination had already. */
  skipped: number;
  blobs: number;
  bytesStored: number;
}

/**
 * Copies snapshots, with what the destination lacks of their data, between two opened and locked repositories whose
 * indexes are loaded. Blobs keep their compressed form and get the other key. A snapshot that the destination has
 * from an earlier copy is passed over, as restic does. Packs come before their index, both before the snapshots.
 * Throws `repository-damaged` when the source lacks a blob: the snapshots before it are copied then.
 */
export async function copySnapshots(
  source: Repository,
  destination: Repository,
  snapshots: readonly StoredSnapshot[],
  options: CopyOptions = {},
): Promise<CopyResult> {
  refuseVersion1(destination);
  const { signal, onProgress, onSnapshot } = options;
  const there = await snapshotsByOrigin(destination, signal);
  const result: CopyResult = { copied: 0, skipped: 0, blobs: 0, bytesStored: 0 };
  const wanted: StoredSnapshot[] = [];
  for (const one of snapshots) {
    const origin = one.snapshot.original ?? one.id;
    const same = there.get(origin)?.find((other) => isSimilarSnapshot(one.snapshot, other.snapshot));
    if (same === undefined) wanted.push(one);
    else {
      result.skipped += 1;
      onSnapshot?.({ from: one, to: same.id, isNew: false });
    }
  }
  const pool = new BulkPool([source.key, destination.key], source.store);
  const tell = (done: { blobsDone: number; blobsTotal: number; bytesStored: number }): void =>
    onProgress?.({ ...done, snapshotsDone: result.copied, snapshotsTotal: wanted.length });
  const batch = new CopyBatch(source, destination, pool, { ...options, tell });
  try {
    const finish = async (): Promise<void> => {
      for (const { from, to } of await batch.finish()) {
        result.copied += 1;
        onSnapshot?.({ from, to, isNew: true });
      }
    };
    for (const snapshot of wanted) {
      throwIfAborted(signal);
      try {
        await batch.add(snapshot);
      } catch (error) {
        // What came before it is whole.
        if (!signal?.aborted) await finish();
        throw error;
      }
      if (batch.bytesWaiting >= BATCH_BYTES) await finish();
      tell(batch.progress);
    }
    await finish();
    tell(batch.progress);
  } finally {
    await pool.close();
  }
  result.blobs = batch.progress.blobsDone;
  result.bytesStored = batch.progress.bytesStored;
  return result;
}

interface CopyBatchOptions extends Pick<CopyOptions, 'signal' | 'packBytes'> {
  tell: (progress: CopyBatch['progress']) => void;
}

class CopyBatch {
  /** Bytes of blobs that are to be copied for the snapshots added since the last `finish`. */
  bytesWaiting = 0;
  readonly progress = { blobsDone: 0, blobsTotal: 0, bytesStored: 0 };
  readonly #source: Repository;
  readonly #destination: Repository;
  readonly #pool: BulkPool;
  readonly #options: CopyBatchOptions;
  readonly #walk: TreeWalk;
  #found: number[] = [];
  #snapshots: StoredSnapshot[] = [];

  constructor(source: Repository, destination: Repository, pool: BulkPool, options: CopyBatchOptions) {
    this.#source = source;
    this.#destination = destination;
    this.#pool = pool;
    this.#options = options;
    this.#walk = new TreeWalk(source, pool, {
      signal: options.signal,
      onBlob: (entry) => this.#found.push(entry),
    });
  }

  /** Finds what the destination lacks of this snapshot. */
  async add(snapshot: StoredSnapshot): Promise<void> {
    const before = this.#found.length;
    await this.#walk.walk([snapshot.snapshot.tree]);
    const [lost] = this.#walk.lost;
    if (lost !== undefined) {
      // Nothing of this snapshot is copied.
      this.#found.length = before;
      throw new Failure(
        'repository-damaged',
        `${this.#source.store.location}: snapshot ${snapshot.id} cannot be copied: ` +
          `${lost.type} blob ${lost.id} cannot be read (${lost.reason})`,
      );
    }
    let kept = before;
    for (let at = before; at < this.#found.length; at += 1) {
      const entry = this.#found[at] ?? 0;
      const { type, id, length } = this.#source.index.entryAt(entry);
      if (this.#destination.index.has(type, id)) continue;
      this.#found[kept] = entry;
      kept += 1;
      this.bytesWaiting += length;
    }
    this.#found.length = kept;
    this.#snapshots.push(snapshot);
  }

  /** Copies what was found and writes the snapshots; a snapshot's parent is of no use in another repository. */
  async finish(): Promise<{ from: StoredSnapshot; to: string }[]> {
    const { signal, packBytes } = this.#options;
    const writer = new SealedPackWriter(this.#destination, {
      signal,
      ...(packBytes !== undefined && { packSize: packBytes }),
      onStored: (bytes) => {
        this.progress.bytesStored += bytes;
      },
    });
    this.progress.blobsTotal += this.#found.length;
    try {
      await copyBlobs(
        this.#source,
        this.#found.sort((a, b) => a - b),
        this.#pool,
        writer,
        {
          signal,
          onBlobs: (count) => {
            this.progress.blobsDone += count;
            this.#options.tell(this.progress);
          },
        },
      );
      await writer.finishPacks();
      await writer.saveIndex();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    const saved: { from: StoredSnapshot; to: string }[] = [];
    for (const from of this.#snapshots) {
      const copy = { ...from.snapshot, parent: null, original: from.snapshot.original ?? from.id };
      saved.push({ from, to: await this.#destination.saveSnapshot(copy, signal) });
    }
    this.#found = [];
    this.#snapshots = [];
    this.bytesWaiting = 0;
    return saved;
  }
}

/** The destination's snapshots by the id of what they are copies of, and by their own. */
async function snapshotsByOrigin(
  destination: Repository,
  signal: AbortSignal | undefined,
): Promise<Map<string, StoredSnapshot[]>> {
  const byOrigin = new Map<string, StoredSnapshot[]>();
  for (const one of await destination.listSnapshots(signal)) {
    for (const id of new Set([one.id, one.snapshot.original ?? one.id])) {
      byOrigin.set(id, [...(byOrigin.get(id) ?? []), one]);
    }
  }
  return byOrigin;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
}
