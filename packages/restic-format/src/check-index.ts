import type { PackedBlob } from './blob.ts';
import type { ProblemLog } from './check-problem.ts';
import { decodeIndexFile } from './index-file.ts';
import type { Repository } from './repository.ts';

/** What the index files say of packs: named by several, differently, or with trees and data in one. */
export async function checkIndex(
  repository: Repository,
  log: ProblemLog,
  signal: AbortSignal | undefined,
): Promise<void> {
  await checkDuplicates(repository, log, signal);
  const TREE = 1;
  const DATA = 2;
  const types = new Uint8Array(repository.index.packCount);
  repository.index.forEachEntry((_entry, pack, type) => {
    types[pack] = (types[pack] ?? 0) | (type === 'tree' ? TREE : DATA);
  });
  for (const [pack, found] of types.entries()) {
    if (found !== (TREE | DATA)) continue;
    const packId = repository.index.packIdAt(pack);
    const message = `pack ${packId} holds trees and data: reading it costs more than it must`;
    log.add({ kind: 'pack-mixed', severity: 'hint', message, packId });
  }
}

async function checkDuplicates(
  repository: Repository,
  log: ProblemLog,
  signal: AbortSignal | undefined,
): Promise<void> {
  const namedBy = new Map<number, Set<string>>();
  const onceNamed = new Map<number, string>();
  for (const { name, packs } of repository.indexFiles) {
    for (const pack of packs) {
      const first = onceNamed.get(pack) ?? name;
      onceNamed.set(pack, first);
      if (first !== name) namedBy.set(pack, (namedBy.get(pack) ?? new Set([first])).add(name));
    }
  }
  if (namedBy.size === 0) return;
  const contradicted = await contradictedPacks(repository, namedBy, signal);
  for (const [pack, names] of namedBy) {
    const packId = repository.index.packIdAt(pack);
    const files = [...names].sort().join(', ');
    if (contradicted.has(packId)) {
      const message = `pack ${packId} holds other blobs by one index file than by another: ${files}`;
      log.add({ kind: 'index-contradicts', severity: 'error', message, packId });
    } else {
      const message = `pack ${packId} is named by several index files: ${files}`;
      log.add({ kind: 'index-duplicate', severity: 'hint', message, packId });
    }
  }
}

/** Reads the index files that share packs once more: which packs they tell of differently. */
async function contradictedPacks(
  repository: Repository,
  namedBy: ReadonlyMap<number, ReadonlySet<string>>,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const shared = new Set([...namedBy.keys()].map((pack) => repository.index.packIdAt(pack)));
  const names = new Set([...namedBy.values()].flatMap((files) => [...files]));
  const said = new Map<string, string>();
  const contradicted = new Set<string>();
  for (const name of names) {
    const { packs } = decodeIndexFile(await repository.loadUnpacked('index', name, signal), name);
    for (const [packId, blobs] of byPack(packs, shared)) {
      const contents = describe(blobs);
      if ((said.get(packId) ?? contents) !== contents) contradicted.add(packId);
      said.set(packId, contents);
    }
  }
  return contradicted;
}

/** A file may name one pack in several pieces. */
function byPack(
  packs: readonly { packId: string; blobs: PackedBlob[] }[],
  wanted: ReadonlySet<string>,
): Map<string, PackedBlob[]> {
  const found = new Map<string, PackedBlob[]>();
  for (const { packId, blobs } of packs) {
    if (wanted.has(packId)) found.set(packId, (found.get(packId) ?? []).concat(blobs));
  }
  return found;
}

function describe(blobs: readonly PackedBlob[]): string {
  const lines = blobs.map(({ type, id, offset, length, uncompressedLength }) =>
    [type, id, offset, length, uncompressedLength].join(' '),
  );
  return [...new Set(lines)].sort().join('\n');
}
