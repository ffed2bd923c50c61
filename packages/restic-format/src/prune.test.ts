import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackedBlob } from './blob.ts';
import { checkRepository } from './check.ts';
import { sealPackHeader } from './pack.ts';
import { executePrune, preparePrune } from './prune.ts';
import type { PruneOptions } from './prune-options.ts';
import type { PrunePlan } from './prune-plan.ts';
import { openRepositoryWithKey, type Repository } from './repository.ts';
import { blobId } from './sealed-blob.ts';
import { SealedPackWriter, writeIndexFile } from './sealed-pack-writer.ts';
import type { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';
import { failingStore, seeded, writeSampleHistory } from './testing/sample-history.ts';

const NOTHING_UNUSED = { maxUnused: { kind: 'bytes', bytes: 0 } } as const;
/** Nothing here is a small pack. */
const ANY_SIZE = { smallPackBytes: 1 };

async function reopened(store: MemoryStore, like: Repository): Promise<Repository> {
  const repository = await openRepositoryWithKey(store, like.key, like.keyId);
  await repository.loadIndex();
  return repository;
}

async function pruned(
  repository: Repository,
  options: Partial<PruneOptions> = NOTHING_UNUSED,
  packBytes = 4000,
): Promise<PrunePlan> {
  const plan = await preparePrune(repository, { ...ANY_SIZE, ...options });
  await executePrune(repository, plan, { packBytes });
  return plan;
}

/** Sample repository of which some snapshots were removed; opened afresh. */
async function history(
  seed: number,
  forget: (at: number) => boolean,
): Promise<{ store: MemoryStore; repository: Repository; kept: string[] }> {
  const { store, repository } = await newRepository();
  const { snapshotIds } = await writeSampleHistory(repository, { snapshots: 6, seed });
  const kept: string[] = [];
  for (const [at, id] of snapshotIds.entries()) {
    if (forget(at)) await store.remove('snapshots', id);
    else kept.push(id);
  }
  return { store, repository: await reopened(store, repository), kept };
}

async function problemsOf(store: MemoryStore, like: Repository): Promise<string[]> {
  const { problems } = await checkRepository(await reopened(store, like), { readData: true });
  return problems.map(({ message }) => message);
}

async function errorsOf(store: MemoryStore, like: Repository): Promise<string[]> {
  const { problems } = await checkRepository(await reopened(store, like), { readData: true });
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

describe('prune', () => {
  it('leaves what the snapshots need and nothing else', async () => {
    const { store, repository } = await history(7, (at) => at % 2 === 0);
    const before = repository.index.size;
    const { stats } = await pruned(repository);
    expect(stats.blobs.unused).toBeGreaterThan(0);
    expect(stats.packs.repack).toBeGreaterThan(0);
    expect(stats.blobs.remaining).toBe(before - stats.blobs.unused);
    expect(await problemsOf(store, repository)).toEqual([]);
    const after = await reopened(store, repository);
    expect(after.index.size).toBe(stats.blobs.remaining);
    expect(await store.list('index')).toHaveLength(1);
    const again = await preparePrune(after, { ...ANY_SIZE, ...NOTHING_UNUSED });
    expect(again.stats).toMatchObject({
      blobs: { unused: 0, duplicate: 0, repack: 0, removeTotal: 0 },
      packs: { removeTotal: 0, unreferenced: 0 },
    });
    expect(again.rewritesIndex).toBe(false);
  });

  it('keeps every snapshot whole whatever is forgotten, doubled, left over or allowed', async () => {
    const someOptions = fc.record(
      {
        maxUnused: fc.constantFrom(
          { kind: 'unlimited' } as const,
          { kind: 'bytes', bytes: 2000 } as const,
          { kind: 'percent', percent: 5 } as const,
          NOTHING_UNUSED.maxUnused,
        ),
        maxRepackBytes: fc.constantFrom(null, 0, 5000),
        smallPackBytes: fc.constantFrom(null, 1, 2500),
        repackCacheableOnly: fc.boolean(),
        repackUncompressed: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(63), someOptions, async (seed, forgotten, options) => {
        const { store, repository } = await history(seed, (at) => (forgotten & (1 << at)) !== 0);
        await addDuplicates(repository, seed);
        await store.write('data', ...contentNamed(randomBytes(100)));
        const opened = await reopened(store, repository);
        const plan = await preparePrune(opened, options);
        const { blobs, bytes, packs } = plan.stats;
        expect(blobs.total).toBe(opened.index.size);
        expect(blobs.used + blobs.duplicate + blobs.unused).toBe(blobs.total);
        expect(packs.keep + packs.repack + packs.removeTotal).toBe(packs.total);
        await executePrune(opened, plan, { packBytes: 4000 });
        expect(await problemsOf(store, repository)).toEqual([]);
        const after = await reopened(store, repository);
        expect(after.index.size).toBe(blobs.remaining);
        if (options.maxUnused?.kind === 'bytes' && !limited(options)) {
          expect(bytes.remainingUnused).toBeLessThanOrEqual(options.maxUnused.bytes);
        }
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  it('refuses when a blob that a snapshot needs is in no pack, and touches nothing', async () => {
    const { store, repository } = await history(3, (at) => at < 3);
    // Which blobs share a pack is left to chance: one of which something is needed.
    const { remove } = await preparePrune(repository, { ...ANY_SIZE, ...NOTHING_UNUSED });
    const victim = [...repository.index.packs()].find(
      ({ packId, blobs }) => blobs[0]?.type === 'data' && !remove.includes(packId),
    );
    store.files.delete(`data/${victim?.packId}`);
    const before = [...store.files.keys()].sort();
    const lost = victim?.blobs.map(({ id }) => id) ?? [];
    await expect(preparePrune(await reopened(store, repository))).rejects.toMatchObject({
      code: 'repository-damaged',
      message: expect.stringMatching(
        new RegExp(`(${lost.join('|')}) \\(no pack holds it\\).*1 packs that`, 's'),
      ),
    });
    expect([...store.files.keys()].sort()).toEqual(before);
  });

  it('takes a blob from another pack when the one it is in is damaged', async () => {
    const { store, repository } = await history(3, (at) => at < 3);
    await addDuplicates(repository, 5, 1);
    const twice = await reopened(store, repository);
    const plan = await preparePrune(twice, { ...ANY_SIZE, ...NOTHING_UNUSED });
    // One byte of each pack that is repacked and whose blobs lie elsewhere, too.
    let damaged = 0;
    for (const pack of plan.repack) {
      const packId = twice.index.packIdAt(pack);
      const bytes = store.files.get(`data/${packId}`);
      const [first] = [...twice.index.packs((one) => one === pack)][0]?.blobs ?? [];
      if (bytes === undefined || first === undefined) throw new Error('the pack is not there');
      if (twice.index.lookupAll(first.type, first.id).length < 2) continue;
      bytes[first.offset + 20] = (bytes[first.offset + 20] ?? 0) ^ 1;
      damaged += 1;
      if (damaged === 1) break;
    }
    expect(damaged).toBe(1);
    await executePrune(twice, plan);
    expect(await problemsOf(store, repository)).toEqual([]);
  });

  it('stops before anything is lost when a blob is nowhere whole', async () => {
    const { store, repository } = await history(3, (at) => at < 3);
    const plan = await preparePrune(repository, { ...ANY_SIZE, ...NOTHING_UNUSED });
    const before = new Set(store.files.keys());
    let broken = '';
    for (const { packId, blobs } of repository.index.packs((pack) => plan.repack.has(pack))) {
      const used = blobs.find(({ type, id }) =>
        plan.move.has(repository.index.entryOf(type, Buffer.from(id, 'hex'))),
      );
      const bytes = store.files.get(`data/${packId}`);
      if (used === undefined || bytes === undefined) continue;
      bytes[used.offset + 20] = (bytes[used.offset + 20] ?? 0) ^ 1;
      broken = used.id;
      break;
    }
    await expect(executePrune(repository, plan)).rejects.toMatchObject({
      code: 'pack-damaged',
      message: expect.stringContaining(broken),
    });
    for (const path of before) expect(store.files.has(path)).toBe(true);
  });

  it('leaves full index files of packs that stay alone', async () => {
    const { store, repository, kept } = await history(11, (at) => at === 5);
    const files = repository.indexFiles;
    expect(files.length).toBeGreaterThan(4);
    const plan = await preparePrune(repository, { ...ANY_SIZE, ...NOTHING_UNUSED });
    await executePrune(repository, plan, { packBytes: 4000, fullIndexBlobs: 2 });
    const left = new Set((await store.list('index')).map(({ name }) => name));
    const touched = (packs: Uint32Array): boolean =>
      packs.some((pack) => plan.repack.has(pack) || plan.remove.includes(repository.index.packIdAt(pack)));
    const full = files.filter(({ blobs, packs }) => blobs >= 2 && !touched(packs));
    expect(full.length).toBeGreaterThan(0);
    for (const { name } of files) expect(left.has(name)).toBe(full.some((file) => file.name === name));
    expect(await problemsOf(store, repository)).toEqual([]);
    expect((await repository.listSnapshots()).map(({ id }) => id).sort()).toEqual(kept.sort());
  });

  it('separates trees from data in packs that hold both', async () => {
    const { store, repository } = await newRepository();
    await writeSampleHistory(repository, { snapshots: 2 });
    await mixPacks(store, repository);
    const opened = await reopened(store, repository);
    expect(mixedPacks(opened)).toBe(1);
    await pruned(opened, { maxUnused: { kind: 'unlimited' } });
    const after = await reopened(store, repository);
    expect(mixedPacks(after)).toBe(0);
    expect(await problemsOf(store, repository)).toEqual([]);
  });

  it('counts snapshots that are to be ignored as gone', async () => {
    const { repository, kept } = await history(5, () => false);
    const all = await preparePrune(repository, NOTHING_UNUSED);
    expect(all.stats.blobs.unused).toBe(0);
    const ignoreSnapshots = new Set(kept);
    const none = await preparePrune(repository, { ...NOTHING_UNUSED, ignoreSnapshots });
    expect(none.stats.blobs).toMatchObject({ used: 0, remaining: 0 });
  });

  it('is read-only for version 1, and says how to upgrade', async () => {
    const { repository } = await newRepository();
    const old = Object.create(repository, { config: { value: { ...repository.config, version: 1 } } });
    await expect(preparePrune(old)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('restic migrate upgrade_repo_v2'),
    });
  });
});

describe('a prune that is cut off', () => {
  it.each(['before', 'after'] as const)(
    'loses nothing and can be done again, whichever change is the last (%s it happened)',
    async (moment) => {
      const { store, repository } = await history(13, (at) => at % 3 !== 0);
      await store.write('data', ...contentNamed(randomBytes(100)));
      const original = new Map(store.files);
      const gone = new Error('killed');
      const changes = await cutOff(store, repository, Number.POSITIVE_INFINITY, moment, gone);
      expect(changes).toBeGreaterThan(10);
      for (let last = 1; last <= changes; last += 1) {
        store.files.clear();
        for (const [path, bytes] of original) store.files.set(path, bytes);
        await cutOff(store, repository, last, moment, gone);
        expect(await errorsOf(store, repository)).toEqual([]);
        await pruned(await reopened(store, repository));
        expect(await problemsOf(store, repository)).toEqual([]);
      }
    },
    60_000,
  );

  it('ends when its signal does, at whatever step, and loses nothing', async () => {
    for (const phase of ['finding', 'repacking', 'indexing', 'removing'] as const) {
      const { store, repository } = await history(17, (at) => at % 3 !== 0);
      const stop = new AbortController();
      const work = {
        signal: stop.signal,
        packBytes: 4000,
        onProgress: (progress: { phase: string }) => {
          if (progress.phase === phase) stop.abort(new Error('stopped'));
        },
      };
      const run = async (): Promise<void> => {
        const plan = await preparePrune(repository, { ...ANY_SIZE, ...NOTHING_UNUSED, ...work });
        await executePrune(repository, plan, work);
      };
      await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
      expect(await errorsOf(store, repository)).toEqual([]);
    }
  });
});

/** Prunes until the change number `failFrom`; returns how many changes there were. */
async function cutOff(
  store: MemoryStore,
  like: Repository,
  failFrom: number,
  moment: 'before' | 'after',
  failure: Error,
): Promise<number> {
  const failing = failingStore(store, failFrom, moment, failure);
  const repository = await openRepositoryWithKey(failing.store, like.key, like.keyId);
  await repository.loadIndex();
  await pruned(repository).catch((error: unknown) => {
    if ((error as Error).message !== failure.message) throw error;
  });
  return failing.changes();
}

function limited(options: Partial<PruneOptions>): boolean {
  return (
    options.repackCacheableOnly === true ||
    (options.maxRepackBytes !== undefined && options.maxRepackBytes !== null)
  );
}

function contentNamed(bytes: Buffer): [string, Buffer[]] {
  return [blobId(bytes), [bytes]];
}

/** Writes some blobs a second time, into packs of their own, as a run that did not know of them would. */
async function addDuplicates(repository: Repository, seed: number, share = 3): Promise<void> {
  const random = seeded(seed);
  const writer = new SealedPackWriter(repository, { packSize: 2500 });
  for (const { packId, ...blob } of repository.index.blobs()) {
    if (random(share) !== 0) continue;
    const { offset, length } = blob;
    await writer.add(blob, await repository.store.read('data', packId, { offset, length }));
  }
  await writer.finishPacks();
  await writer.saveIndex();
}

function mixedPacks({ index }: Repository): number {
  return [...index.packs()].filter(({ blobs }) => new Set(blobs.map(({ type }) => type)).size > 1).length;
}

/** Puts everything into one pack, trees and data, as restic before 0.8 did. */
async function mixPacks(store: MemoryStore, repository: Repository): Promise<void> {
  const blobs: PackedBlob[] = [];
  const parts: Buffer[] = [];
  let at = 0;
  for (const { packId, ...blob } of repository.index.blobs()) {
    const { offset, length } = blob;
    parts.push(await store.read('data', packId, { offset, length }));
    blobs.push({ ...blob, offset: at });
    at += length;
  }
  for (const path of [...store.files.keys()]) if (/^(data|index)/.test(path)) store.files.delete(path);
  const pack = Buffer.concat([...parts, sealPackHeader(repository.key, blobs)]);
  await store.write('data', ...contentNamed(pack));
  await writeIndexFile(repository, [{ packId: blobId(pack), blobs }], undefined);
}
