import { asFailure, Failure } from '@breakwater/domain/failure';
import type { BlobHandle, BlobLocation, PackedBlob } from './blob.ts';
import type { BlobIndex } from './blob-index.ts';
import type { RepositoryKey } from './crypto.ts';
import type { PackStore } from './pack-store.ts';
import { openBlob } from './sealed-blob.ts';

/** Where blobs are read from: a Repository is one. */
export interface BlobSource {
  readonly store: PackStore;
  readonly key: RepositoryKey;
  readonly index: BlobIndex;
}

/** A blob read from a pack, or why it cannot be had (`pack-damaged`, naming pack and blob). */
export type LoadedBlob = BlobHandle & ({ plaintext: Buffer } | { failure: Failure });

/** Bytes between two wanted blobs that are cheaper to read than to ask again. */
const MAX_GAP_BYTES = 1024 * 1024;
const MAX_READ_BYTES = 32 * 1024 * 1024;

/** Codes that speak of one file, not of the store: another pack may still have the blob. */
const fileCodes = new Set(['not-found', 'bad-range', 'hash-mismatch', 'pack-damaged', 'repository-damaged']);

function isAboutFile(error: unknown): boolean {
  return fileCodes.has(asFailure(error).code);
}

/** Why a blob is in no pack that is there, naming it and the packs that should have it. */
export function lossOf(source: BlobSource, { type, id }: BlobHandle): string {
  const lost = source.index.lookupAbsent(type, id).map(({ packId }) => packId);
  const { location } = source.store;
  if (lost.length === 0) return `no pack of ${location} holds ${type} blob ${id}`;
  return `${location}: pack ${lost.join(', ')} is missing or has the wrong size, and ${type} blob ${id} with it`;
}

/** From the first pack that has it whole, `except` passed over. */
export async function loadOneBlob(
  source: BlobSource,
  handle: BlobHandle,
  signal?: AbortSignal,
  except?: { packId: string; failure: Failure },
): Promise<Buffer> {
  const places = source.index.lookupAll(handle.type, handle.id);
  if (places.length === 0) {
    throw new Failure('pack-damaged', lossOf(source, handle));
  }
  let firstFailure = except?.failure;
  for (const place of places) {
    if (place.packId === except?.packId) continue;
    try {
      return await loadFrom(source, handle, place, signal);
    } catch (error) {
      if (!isAboutFile(error)) throw error;
      firstFailure ??= asFailure(error);
    }
  }
  throw firstFailure ?? new Failure('internal', `blob ${handle.id} has no place`);
}

async function loadFrom(
  source: BlobSource,
  handle: BlobHandle,
  place: BlobLocation,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const range = { offset: place.offset, length: place.length };
  let sealed: Buffer;
  try {
    sealed = await source.store.read('data', place.packId, range, signal);
  } catch (error) {
    if (!isAboutFile(error)) throw error;
    throw damaged(source, handle, place.packId, asFailure(error).message, error);
  }
  return opened(source, { ...handle, ...place }, place.packId, sealed);
}

function opened(source: BlobSource, blob: PackedBlob, packId: string, sealed: Buffer): Buffer {
  const result = openBlob(source.key, sealed, blob);
  if (result.ok) return result.plaintext;
  throw damaged(source, blob, packId, result.reason);
}

function damaged(
  source: BlobSource,
  { type, id }: BlobHandle,
  packId: string,
  reason: string,
  cause?: unknown,
): Failure {
  const message = `${source.store.location}: pack ${packId} is damaged at ${type} blob ${id}: ${reason}`;
  return new Failure('pack-damaged', message, { cause });
}

/**
 * Reads neighbours together. A blob that this pack does not have whole is looked for in other packs; what cannot be
 * had anywhere is yielded as its failure, and the rest go on. Failures of the store itself are thrown.
 */
export async function* loadPackBlobs(
  source: BlobSource,
  packId: string,
  handles: readonly BlobHandle[],
  signal?: AbortSignal,
): AsyncGenerator<LoadedBlob> {
  const wanted = new Map<string, PackedBlob>();
  for (const { type, id } of handles) {
    const place = source.index.lookupAll(type, id).find((one) => one.packId === packId);
    if (place !== undefined) wanted.set(`${type}${id}`, { type, id, ...place });
    else yield await loadElsewhere(source, { type, id }, signal);
  }
  for (const group of neighbours([...wanted.values()].sort((a, b) => a.offset - b.offset))) {
    yield* loadGroup(source, packId, group, signal);
  }
}

function neighbours(blobs: PackedBlob[]): PackedBlob[][] {
  const groups: PackedBlob[][] = [];
  let group: PackedBlob[] = [];
  let start = 0;
  let end = 0;
  for (const blob of blobs) {
    const blobEnd = blob.offset + blob.length;
    const fits = blob.offset - end <= MAX_GAP_BYTES && blobEnd - start <= MAX_READ_BYTES;
    if (group.length === 0 || !fits) {
      group = [];
      groups.push(group);
      start = blob.offset;
    }
    group.push(blob);
    end = Math.max(end, blobEnd);
  }
  return groups;
}

async function* loadGroup(
  source: BlobSource,
  packId: string,
  group: PackedBlob[],
  signal: AbortSignal | undefined,
): AsyncGenerator<LoadedBlob> {
  const { offset, length } = extentOf(group);
  let bytes: Buffer;
  try {
    bytes = await source.store.read('data', packId, { offset, length }, signal);
  } catch (error) {
    if (!isAboutFile(error)) throw error;
    // Perhaps only a part of it is gone: each blob for itself.
    for (const { type, id } of group) yield await loadElsewhere(source, { type, id }, signal);
    return;
  }
  for (const blob of group) {
    const { type, id } = blob;
    const sealed = bytes.subarray(blob.offset - offset, blob.offset - offset + blob.length);
    const result = openBlob(source.key, sealed, blob);
    if (result.ok) {
      yield { type, id, plaintext: result.plaintext };
    } else {
      const failure = damaged(source, blob, packId, result.reason);
      yield await loadElsewhere(source, blob, signal, { packId, failure });
    }
  }
}

/** Those of the blobs, all said to lie in this pack, that it does not have whole; other packs do not count. */
export async function damagedAmong(
  source: BlobSource,
  packId: string,
  blobs: readonly PackedBlob[],
  signal?: AbortSignal,
): Promise<PackedBlob[]> {
  const lost: PackedBlob[] = [];
  for (const group of neighbours(blobs.toSorted((a, b) => a.offset - b.offset))) {
    const { offset, length } = extentOf(group);
    let bytes: Buffer;
    try {
      bytes = await source.store.read('data', packId, { offset, length }, signal);
    } catch (error) {
      if (!isAboutFile(error)) throw error;
      if (group.length === 1) lost.push(...group);
      else for (const blob of group) lost.push(...(await damagedAmong(source, packId, [blob], signal)));
      continue;
    }
    for (const blob of group) {
      const sealed = bytes.subarray(blob.offset - offset, blob.offset - offset + blob.length);
      if (!openBlob(source.key, sealed, blob).ok) lost.push(blob);
    }
  }
  return lost;
}

/** Of blobs by offset, all that lies from the first to the last. */
function extentOf(group: readonly PackedBlob[]): { offset: number; length: number } {
  const offset = group[0]?.offset ?? 0;
  const end = group.reduce((most, blob) => Math.max(most, blob.offset + blob.length), offset);
  return { offset, length: end - offset };
}

async function loadElsewhere(
  source: BlobSource,
  { type, id }: BlobHandle,
  signal: AbortSignal | undefined,
  except?: { packId: string; failure: Failure },
): Promise<LoadedBlob> {
  try {
    return { type, id, plaintext: await loadOneBlob(source, { type, id }, signal, except) };
  } catch (error) {
    if (!isAboutFile(error)) throw error;
    return { type, id, failure: asFailure(error) };
  }
}
