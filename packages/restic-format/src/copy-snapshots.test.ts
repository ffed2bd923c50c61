import { describe, expect, it } from 'vitest';
import { checkRepository } from './check.ts';
import { copySnapshots } from './copy-snapshots.ts';
import { createRepositoryFiles } from './initial-files.ts';
import { openRepository, openRepositoryWithKey, type Repository } from './repository.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';
import { failingStore, writeSampleHistory } from './testing/sample-history.ts';

// A key of its own takes a while to derive: once is enough.
let other: ReturnType<typeof createRepositoryFiles> | null = null;

/** An empty repository with a key of its own. */
async function otherRepository(): Promise<{ store: MemoryStore; repository: Repository }> {
  other ??= createRepositoryFiles('other', { hostname: 'there', username: 'you' });
  const { config, key } = await other;
  const store = new MemoryStore('other');
  await store.write('keys', key.name, [key.bytes]);
  await store.write('config', 'config', [config]);
  const repository = await openRepository(store, 'other');
  await repository.loadIndex();
  return { store, repository };
}

async function again(repository: Repository): Promise<Repository> {
  const opened = await openRepositoryWithKey(repository.store, repository.key, repository.keyId);
  await opened.loadIndex();
  return opened;
}

async function problemsOf(repository: Repository): Promise<string[]> {
  const { problems } = await checkRepository(await again(repository), { readData: true });
  return problems.map(({ message }) => message);
}

describe('copySnapshots', () => {
  it('makes the same snapshots under the other key, and does nothing the second time', async () => {
    const { repository: source } = await newRepository();
    const { snapshotIds } = await writeSampleHistory(source, { snapshots: 3 });
    const { repository: destination, store } = await otherRepository();
    const snapshots = await source.listSnapshots();
    const told: string[] = [];
    const first = await copySnapshots(source, destination, snapshots.slice(0, 2), {
      onSnapshot: ({ from, isNew }) => told.push(`${from.id} ${isNew}`),
    });
    expect(first).toMatchObject({ copied: 2, skipped: 0 });
    expect(told).toEqual(snapshotIds.slice(0, 2).map((id) => `${id} true`));
    const between = await again(destination);
    const second = await copySnapshots(source, between, snapshots);
    expect(second).toMatchObject({ copied: 1, skipped: 2 });
    expect(second.blobs).toBeLessThan(first.blobs);
    expect(second.blobs + first.blobs).toBe(source.index.size);
    expect(await problemsOf(destination)).toEqual([]);
    const copies = await destination.listSnapshots();
    for (const [at, { snapshot }] of copies.entries()) {
      expect(snapshot).toEqual({ ...snapshots[at]?.snapshot, original: snapshotIds[at] });
    }
    const before = store.files.size;
    const third = await copySnapshots(source, await again(destination), snapshots);
    expect(third).toEqual({ copied: 0, skipped: 3, blobs: 0, bytesStored: 0 });
    expect(store.files.size).toBe(before);
    // A copy of a copy is known by the snapshot that both come from.
    const back = await copySnapshots(await again(destination), await again(source), copies);
    expect(back).toMatchObject({ copied: 0, skipped: 3 });
  });

  it('copies what the destination lacks only', async () => {
    const { repository: source } = await newRepository();
    await writeSampleHistory(source, { snapshots: 2 });
    const { repository: destination } = await otherRepository();
    await copySnapshots(source, destination, (await source.listSnapshots()).slice(0, 1));
    const opened = await again(destination);
    const known = opened.index.size;
    const { blobs } = await copySnapshots(source, opened, (await source.listSnapshots()).slice(1));
    const after = await again(destination);
    expect(after.index.size).toBe(known + blobs);
    expect(new Set([...after.index.blobs()].map(({ type, id }) => type + id)).size).toBe(after.index.size);
  });

  it('takes a changed snapshot for another one', async () => {
    const { repository: source } = await newRepository();
    await writeSampleHistory(source, { snapshots: 1 });
    const { repository: destination } = await otherRepository();
    const [stored] = await source.listSnapshots();
    if (stored === undefined) throw new Error('there is a snapshot');
    await copySnapshots(source, destination, [stored]);
    const tagged = { ...stored, snapshot: { ...stored.snapshot, tags: ['other'] } };
    const result = await copySnapshots(source, await again(destination), [tagged]);
    expect(result).toMatchObject({ copied: 1, skipped: 0, blobs: 0 });
  });

  it('leaves a whole repository wherever it is cut off', async () => {
    const { repository: source } = await newRepository();
    await writeSampleHistory(source, { snapshots: 2 });
    const snapshots = await source.listSnapshots();
    const { repository: like } = await otherRepository();
    const gone = new Error('killed');
    for (let last = 1; ; last += 1) {
      const { store } = await otherRepository();
      const failing = failingStore(store, last, 'after', gone);
      const destination = await openRepositoryWithKey(failing.store, like.key, like.keyId);
      await destination.loadIndex();
      const ended = await copySnapshots(source, destination, snapshots, { packBytes: 4000 }).then(
        () => true,
        (error: unknown) => {
          expect((error as Error).message).toBe(gone.message);
          return false;
        },
      );
      if (ended) break;
      const after = await openRepositoryWithKey(store, like.key, like.keyId);
      await after.loadIndex();
      const { problems } = await checkRepository(after, { readData: true });
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      await copySnapshots(source, await again(after), snapshots);
      expect((await after.listSnapshots()).length).toBe(2);
      expect(last).toBeLessThan(50);
    }
  });

  it('copies the snapshots before one that is not whole, and names what that lacks', async () => {
    const { repository: source, store } = await newRepository();
    await writeSampleHistory(source, { snapshots: 2 });
    const snapshots = await source.listSnapshots();
    const root = snapshots[1]?.snapshot.tree ?? '';
    const pack = source.index.lookup('tree', root)?.packId ?? '';
    store.files.delete(`data/${pack}`);
    const broken = await again(source);
    const { repository: destination } = await otherRepository();
    await expect(copySnapshots(broken, destination, snapshots)).rejects.toMatchObject({
      code: 'repository-damaged',
      message: expect.stringContaining(root),
    });
    expect(await destination.listSnapshots()).toHaveLength(1);
    expect(await problemsOf(destination)).toEqual([]);
  });

  it('does not write to version 1', async () => {
    const { repository } = await newRepository();
    const old = Object.create(repository, { config: { value: { ...repository.config, version: 1 } } });
    await expect(copySnapshots(repository, old, [])).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('restic migrate upgrade_repo_v2'),
    });
  });
});
