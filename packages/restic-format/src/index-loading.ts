import { BlobIndex } from './blob-index.ts';
import { decodeIndexFile } from './index-file.ts';
import { scanIndexFile } from './index-scan.ts';
import { mapInParallel } from './map-in-parallel.ts';
import { type DamageOptions, passOverDamaged } from './damage.ts';
import type { PackStore } from './pack-store.ts';

const INDEX_FILES_AT_ONCE = 4;

/** What one index file names, for those who replace index files. */
export interface LoadedIndexFile {
  name: string;
  /** Numbers of its packs in the BlobIndex. */
  packs: Uint32Array;
  /** How many blobs it names. */
  blobs: number;
}

/**
 * All index files, checked against the packs that are there: an entry whose pack is missing, or is not exactly as
 * long as its blobs make it, counts as absent. So a damaged copy heals when the next backup stores the blob anew.
 */
export async function loadBlobIndex(
  store: PackStore,
  readIndexFile: (name: string) => Promise<Buffer>,
  options: DamageOptions,
  signal: AbortSignal | undefined,
): Promise<{ index: BlobIndex; absentPacks: Set<string>; indexFiles: LoadedIndexFile[] }> {
  const index = new BlobIndex();
  const indexFiles: LoadedIndexFile[] = [];
  const files = await store.list('index', signal);
  await mapInParallel(files, INDEX_FILES_AT_ONCE, async ({ name }) => {
    try {
      indexFiles.push({ name, ...addIndexFile(index, await readIndexFile(name), name) });
    } catch (error) {
      passOverDamaged(name, error, options);
    }
  });
  // Listed after the index files are read: packs come before the index that names them, so none is missed.
  const sizes = new Map((await store.list('data', signal)).map((pack) => [pack.name, pack.size]));
  const absentPacks = new Set<string>();
  for (const { packId, size } of index.packSizes()) {
    const present = sizes.get(packId);
    sizes.delete(packId);
    if (present === size) continue;
    absentPacks.add(packId);
    index.markAbsent(packId);
  }
  index.strayPacks = sizes;
  return { index, absentPacks, indexFiles };
}

function addIndexFile(index: BlobIndex, json: Buffer, name: string): { packs: Uint32Array; blobs: number } {
  const scanned = scanIndexFile(json);
  if (scanned !== null) return { packs: index.addScanned(scanned), blobs: scanned.blobs };
  const file = decodeIndexFile(json, name);
  return {
    packs: Uint32Array.from(file.packs, ({ packId, blobs }) => index.add(packId, blobs)),
    blobs: file.packs.reduce((sum, { blobs }) => sum + blobs.length, 0),
  };
}
