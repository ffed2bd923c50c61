import { Failure } from '@breakwater/domain/failure';
import type { BlobType } from './blob.ts';
import { open, type RepositoryKey, seal } from './crypto.ts';
import { type PackSource, PackSourceReader } from './pack-source.ts';
import type { OpenPackFile } from './pack-store.ts';
import { BlobOpener, sealBlob } from './sealed-blob.ts';
import { collectReferences } from './tree-references.ts';

/** A blob inside the bytes of a job. */
export interface BulkBlob {
  type: BlobType;
  id: string;
  offset: number;
  length: number;
  uncompressedLength: number | null;
}

/** Work on sealed blobs that lie together. Keys go by their number in the pool. */
export type BulkJob = { source: PackSource; blobs: readonly BulkBlob[]; key: number } & (
  | {
      /**
       * Verify each blob and give its sealed form for a pack of the same repository (`toKey` the same) or another.
       * What is compressed stays as it is; what is not becomes so in version 2.
       */
      work: 'move';
      toKey: number;
      toVersion: 1 | 2;
      /** Where the source is read to, when it is a file: room for all of it. */
      space: SharedArrayBuffer | null;
    }
  /** Verify each tree and give the ids it refers to. */
  | { work: 'references' }
);

export interface DamagedBlob {
  /** Its place in the job's list. */
  at: number;
  reason: string;
}

export interface MovedBlobs {
  work: 'move';
  /** Null: they are in the job's space, where they were read to. */
  bytes: Uint8Array | null;
  /** For each blob of the job: where it lies in `bytes`, its length there (0: damaged), plaintext bytes (0: plain). */
  offsets: Uint32Array;
  lengths: Uint32Array;
  uncompressed: Uint32Array;
  damaged: DamagedBlob[];
}

export interface TreeReferences {
  work: 'references';
  /** Ids of 32 bytes each, one after the other; an id may occur again. */
  subtrees: Uint8Array;
  contents: Uint8Array;
  damaged: DamagedBlob[];
}

/** The thread could not read the source itself: whoever asks the store is told why. */
export interface Unread {
  work: 'unread';
}

export type BulkResult = MovedBlobs | TreeReferences | Unread;

/** Does one job after the other, in memory that it uses again. One for each thread. */
export class BulkPerformer {
  readonly #keys: readonly RepositoryKey[];
  readonly #reader: PackSourceReader;

  constructor(keys: readonly RepositoryKey[], openFile: OpenPackFile | null) {
    this.#keys = keys;
    this.#reader = new PackSourceReader(openFile);
  }

  /** Throws only for what no blob is to blame for. */
  perform(job: BulkJob): BulkResult {
    const key = keyAt(this.#keys, job.key);
    let bytes: Uint8Array;
    try {
      const space = job.work === 'move' && job.space !== null ? new Uint8Array(job.space) : null;
      bytes = space === null ? this.#reader.read(job.source) : this.#reader.readInto(job.source, space);
    } catch {
      return { work: 'unread' };
    }
    if (job.work === 'references') return references(job, bytes, key);
    const moved = move(job, bytes, key, job.toKey === job.key ? null : keyAt(this.#keys, job.toKey));
    const inSpace = moved.bytes === bytes && !(job.source instanceof Uint8Array);
    return inSpace ? { ...moved, bytes: null } : moved;
  }
}

const openers = new WeakMap<RepositoryKey, BlobOpener>();

/** One for each key of this thread: it uses its memory again. */
function openerFor(key: RepositoryKey): BlobOpener {
  let opener = openers.get(key);
  if (opener === undefined) {
    opener = new BlobOpener(key);
    openers.set(key, opener);
  }
  return opener;
}

function keyAt(keys: readonly RepositoryKey[], at: number): RepositoryKey {
  const key = keys[at];
  if (key === undefined) throw new Failure('internal', `there is no key ${at}`);
  return key;
}

function move(
  job: Extract<BulkJob, { work: 'move' }>,
  source: Uint8Array,
  key: RepositoryKey,
  otherKey: RepositoryKey | null,
): MovedBlobs {
  const count = job.blobs.length;
  const offsets = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  const uncompressed = new Uint32Array(count);
  const damaged: DamagedBlob[] = [];
  const resealed: { at: number; bytes: Uint8Array }[] = [];
  const opener = openerFor(key);
  for (const [at, blob] of job.blobs.entries()) {
    const sealed = source.subarray(blob.offset, blob.offset + blob.length);
    const opened = opener.open(sealed, blob);
    if (!opened.ok) {
      damaged.push({ at, reason: opened.reason });
      continue;
    }
    uncompressed[at] = blob.uncompressedLength ?? 0;
    const compressNow =
      job.toVersion === 2 && blob.uncompressedLength === null && opened.plaintext.length > 0;
    if (compressNow) {
      const { bytes, uncompressedLength } = sealBlob(
        otherKey ?? key,
        job.toVersion,
        blob.type,
        opened.plaintext,
        blob.id,
      );
      uncompressed[at] = uncompressedLength ?? 0;
      resealed.push({ at, bytes });
    } else if (otherKey !== null) {
      // What was encrypted: the plaintext, or its compressed form.
      const stored = blob.uncompressedLength === null ? opened.plaintext : open(key, sealed);
      if (stored === null) throw new Failure('internal', `${blob.type} blob ${blob.id} opened only once`);
      resealed.push({ at, bytes: sealChecked(otherKey, stored) });
    } else {
      offsets[at] = blob.offset;
      lengths[at] = blob.length;
    }
  }
  const bytes = appended(source, resealed, otherKey !== null, offsets, lengths);
  return { work: 'move', bytes, offsets, lengths, uncompressed, damaged };
}

function sealChecked(key: RepositoryKey, stored: Buffer): Buffer {
  const sealed = seal(key, stored);
  if (!open(key, sealed)?.equals(stored)) {
    throw new Failure(
      'internal',
      "a blob came out damaged: this machine's memory or processor cannot be trusted",
    );
  }
  return sealed;
}

/** The old bytes (none of them when all blobs are sealed anew), with what was sealed anew behind them. */
function appended(
  old: Uint8Array,
  resealed: readonly { at: number; bytes: Uint8Array }[],
  allAnew: boolean,
  offsets: Uint32Array,
  lengths: Uint32Array,
): Uint8Array {
  if (resealed.length === 0) return allAnew ? new Uint8Array(0) : old;
  let end = allAnew ? 0 : old.length;
  const total = resealed.reduce((sum, { bytes }) => sum + bytes.length, end);
  const joined = new Uint8Array(total);
  if (!allAnew) joined.set(old);
  for (const { at, bytes } of resealed) {
    joined.set(bytes, end);
    offsets[at] = end;
    lengths[at] = bytes.length;
    end += bytes.length;
  }
  return joined;
}

function references(job: BulkJob, bytes: Uint8Array, key: RepositoryKey): TreeReferences {
  const subtrees: string[] = [];
  const contents: string[] = [];
  const damaged: DamagedBlob[] = [];
  const opener = openerFor(key);
  for (const [at, blob] of job.blobs.entries()) {
    const opened = opener.open(bytes.subarray(blob.offset, blob.offset + blob.length), blob);
    const reason = opened.ok ? collectReferences(opened.plaintext, subtrees, contents) : opened.reason;
    if (reason !== null) damaged.push({ at, reason });
  }
  return {
    work: 'references',
    subtrees: Buffer.from(subtrees.join(''), 'hex'),
    contents: Buffer.from(contents.join(''), 'hex'),
    damaged,
  };
}
