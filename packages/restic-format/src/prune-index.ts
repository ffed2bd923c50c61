import { eachInParallel } from './each-in-parallel.ts';
import type { PrunePlan } from './prune-plan.ts';
import type { PruneWork } from './prune-work.ts';
import type { Repository } from './repository.ts';
import { FULL_INDEX_BLOBS, type IndexedPack, writeIndexFile } from './sealed-pack-writer.ts';

const WRITES_AT_ONCE = 2;
const REMOVALS_AT_ONCE = 4;

/**
 * Makes the index name exactly the packs that stay and the new ones: writes what is missing, then removes the files
 * that name packs that go, or are not full, or name a pack that another one names, too. Full files of packs that
 * all stay are left alone. Returns the bytes written.
 */
export async function replaceIndex(
  repository: Repository,
  plan: Pick<PrunePlan, 'repack' | 'remove'>,
  newPacks: readonly IndexedPack[],
  { signal, onProgress, fullIndexBlobs = FULL_INDEX_BLOBS }: PruneWork,
): Promise<number> {
  const { index, indexFiles, store } = repository;
  const removed = new Set(plan.remove);
  const stays = (pack: number): boolean => {
    const packId = index.packIdAt(pack);
    return !plan.repack.has(pack) && !removed.has(packId) && index.hasPack(packId);
  };
  const timesNamed = new Uint32Array(index.packCount);
  for (const { packs } of indexFiles) {
    for (const pack of packs) timesNamed[pack] = (timesNamed[pack] ?? 0) + 1;
  }
  const named = new Uint8Array(index.packCount);
  const obsolete: string[] = [];
  for (const { name, packs, blobs } of indexFiles) {
    const isRight = packs.every((pack) => timesNamed[pack] === 1 && stays(pack));
    if (isRight && blobs >= fullIndexBlobs) for (const pack of packs) named[pack] = 1;
    else obsolete.push(name);
  }
  let bytes = 0;
  let done = 0;
  const old = index.packs((pack) => named[pack] === 0 && stays(pack));
  await eachInParallel(fullFiles(old, newPacks, fullIndexBlobs), WRITES_AT_ONCE, async (packs) => {
    bytes += await writeIndexFile(repository, packs, signal);
    done += 1;
    onProgress?.({ phase: 'indexing', done, total: null });
  });
  await eachInParallel(obsolete, REMOVALS_AT_ONCE, (name) => store.remove('index', name, signal));
  return bytes;
}

function* fullFiles(
  old: Iterable<IndexedPack>,
  added: readonly IndexedPack[],
  full: number,
): Generator<IndexedPack[]> {
  let packs: IndexedPack[] = [];
  let blobs = 0;
  for (const source of [old, added]) {
    for (const pack of source) {
      packs.push(pack);
      blobs += pack.blobs.length;
      if (blobs < full) continue;
      yield packs;
      packs = [];
      blobs = 0;
    }
  }
  if (packs.length > 0) yield packs;
}
