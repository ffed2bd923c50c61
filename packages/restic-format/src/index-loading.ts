import { BlobIndex } from './blob-index.ts';
import { decodeIndexFile } from './index-file.ts';
import { mapInParallel } from './map-in-parallel.ts';
import { type DamageOptions, passOverDamaged } from './damage.ts';
import type { PackStore } from './pack-store.ts';

const INDEX_FILES_AT_ONCE = 4;

/**
 * All index files, checked against the packs that are there: an entry whose pack is missing, or is not exactly as
 * long as its blobs make it, counts as absent. So a damaged copy heals when the next backup stores the blob anew.
 */
export async function loadBlobIndex(
  store: PackStore,
  readIndexFile: (name: string) => Promise<Buffer>,
  options: DamageOptions,
  signal: AbortSignal | undefined,
): Promise<{ index: BlobIndex; absentPacks: Set<string> }> {
  const index = new BlobIndex();
  const files = await store.list('index', signal);
  await mapInParallel(files, INDEX_FILES_AT_ONCE, async ({ name }) => {
    try {
      const file = decodeIndexFile(await readIndexFile(name), name);
      for (const { packId, blobs } of file.packs) index.add(packId, blobs);
    } catch (error) {
      passOverDamaged(name, error, options);
    }
  });
  // Listed after the index files are read: packs come before the index that names them, so none is missed.
  const sizes = new Map((await store.list('data', signal)).map((pack) => [pack.name, pack.size]));
  const absentPacks = new Set<string>();
  for (const { packId, size } of index.packSizes()) {
    if (sizes.get(packId) === size) continue;
    absentPacks.add(packId);
    index.markAbsent(packId);
  }
  return { index, absentPacks };
}
