import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRepository } from './check.ts';
import { executePrune, preparePrune } from './prune.ts';
import type { PrunePlan } from './prune-plan.ts';
import { openRepositoryWithKey, type Repository } from './repository.ts';
import { SealedPackWriter } from './sealed-pack-writer.ts';
import type { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';
import { seeded, writeSampleHistory } from './testing/sample-history.ts';

async function reopened(store: MemoryStore, like: Repository): Promise<Repository> {
  const repository = await openRepositoryWithKey(store, like.key, like.keyId);
  await repository.loadIndex();
  return repository;
}

async function sample(seed: number): Promise<{ store: MemoryStore; repository: Repository }> {
  const { store, repository } = await newRepository();
  const { snapshotIds } = await writeSampleHistory(repository, { snapshots: 4, seed });
  await store.remove('snapshots', snapshotIds[1] ?? '');
  return { store, repository: await reopened(store, repository) };
}

/** Changes one byte of each blob for which `hit` says so. */
function damage(
  store: MemoryStore,
  repository: Repository,
  packId: string,
  hit: (blob: number) => boolean,
): void {
  const bytes = Buffer.from(store.files.get(`data/${packId}`) ?? Buffer.of());
  const [pack] = [...repository.index.packs()].filter((one) => one.packId === packId);
  for (const [at, { offset, length }] of (pack?.blobs ?? []).entries()) {
    const middle = offset + (length >> 1);
    if (hit(at)) bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  }
  store.files.set(`data/${packId}`, bytes);
}

/** Stores blobs of these packs again, as a backup does that was told not to trust them. */
async function storeAgain(
  store: MemoryStore,
  like: Repository,
  packIds: readonly string[],
  sealed: ReadonlyMap<string, Buffer>,
  wanted: () => boolean,
): Promise<void> {
  const repository = await reopened(store, like);
  const packs = [...repository.index.packs()].filter(({ packId }) => packIds.includes(packId));
  const writer = new SealedPackWriter(repository, { packSize: 3000 });
  for (const { packId, blobs } of packs) {
    const bytes = sealed.get(packId) ?? Buffer.of();
    for (const blob of blobs) {
      if (wanted()) await writer.add(blob, bytes.subarray(blob.offset, blob.offset + blob.length));
    }
  }
  await writer.finishPacks();
  await writer.saveIndex();
}

async function pruned(
  store: MemoryStore,
  like: Repository,
  distrusted: readonly string[],
): Promise<PrunePlan> {
  const repository = await reopened(store, like);
  const plan = await preparePrune(repository, { distrusted, maxUnused: { kind: 'bytes', bytes: 0 } });
  await executePrune(repository, plan, { packBytes: 3000 });
  return plan;
}

async function check(store: MemoryStore, like: Repository) {
  const report = await checkRepository(await reopened(store, like), { readData: true });
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  return { report, messages: errors.map(({ message }) => message) };
}

/** Which data blobs can be read, wherever they lie. */
async function readable(store: MemoryStore, like: Repository): Promise<Set<string>> {
  const repository = await reopened(store, like);
  const found = new Set<string>();
  for (const { packId, blobs } of repository.index.packs()) {
    for await (const loaded of repository.loadBlobs(packId, blobs)) {
      if ('plaintext' in loaded) found.add(`${loaded.type} ${loaded.id}`);
    }
  }
  return found;
}

async function usedBlobs(store: MemoryStore, like: Repository): Promise<string[]> {
  const repository = await reopened(store, like);
  const used = new Set<string>();
  const walk = async (tree: string): Promise<void> => {
    if (used.has(`tree ${tree}`)) return;
    used.add(`tree ${tree}`);
    for (const node of (await repository.loadTree(tree)).nodes) {
      for (const id of node.content ?? []) used.add(`data ${id}`);
      if (node.subtree !== undefined && node.subtree !== null) await walk(node.subtree);
    }
  };
  for (const { snapshot } of await repository.listSnapshots()) await walk(snapshot.tree);
  return [...used];
}

function dataPacks(repository: Repository): string[] {
  return [...repository.index.packs()]
    .filter(({ blobs }) => blobs.every(({ type }) => type === 'data'))
    .map(({ packId }) => packId);
}

describe('a prune that is told of damaged packs', () => {
  it('clears them away once all that is damaged in them was stored again, trees and data', async () => {
    const { store, repository } = await sample(3);
    const sealed = new Map(
      [...repository.index.packs()].map(({ packId }) => [
        packId,
        store.files.get(`data/${packId}`) ?? Buffer.of(),
      ]),
    );
    const packs = [...sealed.keys()];
    for (const packId of packs) damage(store, repository, packId, (blob) => blob === 0);
    const { report } = await check(store, repository);
    expect(report.brokenPacks).toEqual(packs.toSorted());
    await storeAgain(store, repository, packs, sealed, () => true);
    await pruned(store, repository, report.brokenPacks);
    const after = await check(store, repository);
    expect(after.messages).toEqual([]);
    const left = [...store.files.keys()].filter((path) => packs.some((packId) => path === `data/${packId}`));
    expect(left).toEqual([]);
  });

  it.each([1, 2, 3, 4])(
    'looks itself which place of a blob is whole, when it was told of none (%i)',
    async (seed) => {
      const { store, repository: written } = await newRepository();
      await writeSampleHistory(written, { snapshots: 4, seed });
      // All is in use: the damaged packs seem the better ones to keep.
      const repository = await reopened(store, written);
      const packs = [...repository.index.packs()];
      const packIds = packs.map(({ packId }) => packId);
      const sealed = new Map(
        packIds.map((packId) => [packId, store.files.get(`data/${packId}`) ?? Buffer.of()]),
      );
      for (const packId of packIds) damage(store, repository, packId, (blob) => blob === 0);
      // What is damaged, and nothing else, is stored again.
      const isDamaged = packs.flatMap(({ blobs }) => blobs.map((_, at) => at === 0));
      await storeAgain(store, repository, packIds, sealed, () => isDamaged.shift() === true);
      const opened = await reopened(store, repository);
      // No pack is too small to stay.
      await executePrune(opened, await preparePrune(opened, { smallPackBytes: 1 }));
      expect((await check(store, repository)).messages).toEqual([]);
    },
  );

  it('keeps a pack as it is while something in it can be had nowhere, and goes on with the rest', async () => {
    const { store, repository } = await sample(5);
    const plan = await preparePrune(repository, { maxUnused: { kind: 'unlimited' } });
    const needed = dataPacks(repository).filter((packId) => !plan.remove.includes(packId));
    const [lost = '', mended = ''] = needed;
    damage(store, repository, lost, () => true);
    const before = store.files.get(`data/${lost}`);
    // Its bytes are right, as after a check that a bad cable misled.
    await pruned(store, repository, [lost, mended]);
    expect(store.files.get(`data/${lost}`)).toEqual(before);
    expect(store.files.has(`data/${mended}`)).toBe(false);
    const { report } = await check(store, repository);
    expect(report.brokenPacks).toEqual([lost]);
  });

  it('never loses what could be read before, whatever was damaged and whatever was stored again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 3 }), async (seed, share) => {
        const random = seeded(seed);
        const { store, repository } = await sample(seed);
        const sealed = new Map(
          [...repository.index.packs()].map(({ packId }) => [
            packId,
            store.files.get(`data/${packId}`) ?? Buffer.of(),
          ]),
        );
        const victims = dataPacks(repository).filter(() => random(2) === 0);
        for (const packId of victims) damage(store, repository, packId, () => random(3) === 0);
        const { report } = await check(store, repository);
        await storeAgain(store, repository, victims, sealed, () => random(share) === 0);
        // Second places may be damaged and distrusted, too.
        const extra = dataPacks(await reopened(store, repository)).filter(
          (id) => !sealed.has(id) && random(3) === 0,
        );
        const needs = await usedBlobs(store, repository);
        const before = await readable(store, repository);
        const told = [...report.brokenPacks, ...extra, 'ab'.repeat(32)];
        const plan = await pruned(store, repository, told);
        const { packs } = plan.stats;
        expect(packs.keep + packs.repack + packs.removeTotal).toBe(packs.total);
        const after = await readable(store, repository);
        expect(needs.filter((blob) => before.has(blob) && !after.has(blob))).toEqual([]);
        const allThere = needs.every((blob) => before.has(blob));
        if (allThere) expect((await check(store, repository)).messages).toEqual([]);
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});
