import { randomBytes } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { describe, expect, it } from 'vitest';
import { checkRepository } from './check.ts';
import type { FileKind } from './pack-store.ts';
import { openRepository } from './repository.ts';
import { RepositoryWriter, type StoredPack } from './repository-writer.ts';
import { SealPool } from './seal-pool.ts';
import { blobId, sealBlob } from './sealed-blob.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';

/** Writes of packs wait until they are let through, or fail. */
class GatedStore extends MemoryStore {
  readonly order: string[] = [];
  readonly gates: { pass: () => void; fail: (failure: Failure) => void }[] = [];
  gated = false;
  #arrived = Promise.withResolvers<void>();

  override async write(
    kind: FileKind,
    name: string,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    this.order.push(`begin ${kind}`);
    if (this.gated && kind === 'data') {
      const gate = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => gate.reject(new Failure('cancelled', 'cancelled')));
      this.gates.push({ pass: gate.resolve, fail: gate.reject });
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
      await gate.promise;
    }
    await super.write(kind, name, parts, signal);
    this.order.push(`end ${kind}`);
  }

  async untilGates(count: number): Promise<void> {
    while (this.gates.length < count) await this.#arrived.promise;
  }
}

const PACK = 100_000;
const inline = { sealPool: null, packSize: PACK };

describe('RepositoryWriter', () => {
  it('stores what is new once and names it in an index', async () => {
    const { store, repository } = await newRepository();
    const writer = new RepositoryWriter(repository, { packSize: PACK });
    const blobs = Array.from({ length: 30 }, () => randomBytes(20_000));
    const first = await Promise.all(blobs.map((blob) => writer.addBlob('data', blob)));
    expect(first.every((one) => one.isNew)).toBe(true);
    expect(first.map((one) => one.id)).toEqual(blobs.map(blobId));
    const again = await Promise.all(blobs.map((blob) => writer.addBlob('data', blob)));
    expect(again.some((one) => one.isNew)).toBe(false);
    // The same bytes as a tree are another blob.
    expect((await writer.addBlob('tree', Buffer.from('{"nodes":[]}\n'))).isNew).toBe(true);
    const counts = await writer.flush();
    expect(counts).toMatchObject({ blobsNew: 31, dataBlobs: 30, treeBlobs: 1, bytesAdded: 600_013 });
    const stored = [...store.files].filter(([path]) => /^(data|index)\//.test(path));
    expect(counts.bytesStored).toBe(stored.reduce((sum, [, bytes]) => sum + bytes.length, 0));
    const reopened = await openRepository(store, 'password');
    await reopened.loadIndex();
    for (const blob of blobs) {
      expect((await reopened.loadBlob('data', blobId(blob))).equals(blob)).toBe(true);
    }
    expect((await checkRepository(reopened, { readData: true })).problems).toEqual([]);
    const next = new RepositoryWriter(reopened, inline);
    for (const blob of blobs) expect((await next.addBlob('data', blob)).isNew).toBe(false);
    expect((await next.flush()).packs).toBe(0);
    expect((await store.list('index')).length).toBe(1);
  });

  it('takes blobs that were claimed and sealed elsewhere', async () => {
    const { repository } = await newRepository();
    const writer = new RepositoryWriter(repository, { packSize: PACK });
    const blobs = Array.from({ length: 30 }, (_, at) => randomBytes(at * 1000));
    const claimed = blobs.map((blob) => writer.claim('data', blobId(blob), blob.length));
    expect(claimed.every((isNew) => isNew)).toBe(true);
    expect(writer.claim('data', blobId(Buffer.of()), 0)).toBe(false);
    let flushed = false;
    const flushing = writer.flush().finally(() => {
      flushed = true;
    });
    const { key, config } = repository;
    for (const blob of blobs) {
      expect(flushed).toBe(false);
      await writer.room();
      writer.addSealed(sealBlob(key, config.version, 'data', blob, blobId(blob)));
    }
    expect(await flushing).toMatchObject({ dataBlobs: 30, bytesAdded: 435_000 });
    for (const blob of blobs) {
      expect((await repository.loadBlob('data', blobId(blob))).equals(blob)).toBe(true);
    }
  });

  it('ends although claimed blobs never come', async () => {
    const { repository } = await newRepository();
    const writer = new RepositoryWriter(repository, inline);
    writer.claim('data', blobId(Buffer.from('never')), 5);
    const flushing = writer.flush();
    await writer.abort();
    await expect(flushing).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps data and trees in packs of their own', async () => {
    const { repository } = await newRepository();
    const writer = new RepositoryWriter(repository, inline);
    for (let at = 0; at < 40; at += 1) {
      await writer.addBlob(at % 2 === 0 ? 'data' : 'tree', randomBytes(9000));
    }
    await writer.flush();
    for (const { blobs } of repository.index.packs())
      expect(new Set(blobs.map((one) => one.type)).size).toBe(1);
  });

  it('counts a blob added by two at once as new once', async () => {
    const { repository } = await newRepository();
    const writer = new RepositoryWriter(repository, { packSize: PACK });
    const blob = randomBytes(50_000);
    const added = await Promise.all([1, 2, 3, 4].map(() => writer.addBlob('data', Buffer.from(blob))));
    expect(added.filter((one) => one.isNew)).toHaveLength(1);
    await writer.flush();
    expect(repository.index.lookupAll('data', blobId(blob))).toHaveLength(1);
  });

  it('lets the caller reuse its buffer', async () => {
    const { repository } = await newRepository();
    const writer = new RepositoryWriter(repository, { sealPool: new SealPool(2) });
    const buffer = Buffer.alloc(30_000);
    const ids: string[] = [];
    for (let at = 0; at < 10; at += 1) {
      buffer.fill(at);
      ids.push((await writer.addBlob('data', buffer)).id);
    }
    await writer.flush();
    for (const [at, id] of ids.entries())
      expect((await repository.loadBlob('data', id)).every((byte) => byte === at)).toBe(true);
  });

  it('waits when too much is in flight', async () => {
    const { store, repository } = await newRepository(new GatedStore());
    store.gated = true;
    const writer = new RepositoryWriter(repository, { ...inline, uploads: 2 });
    let added = 0;
    const adding = (async () => {
      for (let at = 0; at < 12; at += 1) {
        await writer.addBlob('data', randomBytes(PACK));
        added += 1;
      }
    })();
    await store.untilGates(2);
    // Two in flight and one waiting for its turn: the next one must wait, however long we look.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    expect(added).toBe(3);
    expect(store.gates).toHaveLength(2);
    store.gates[0]?.pass();
    await store.untilGates(3);
    expect(added).toBeLessThanOrEqual(4);
    store.gated = false;
    for (const gate of store.gates) gate.pass();
    await adding;
    expect((await writer.flush()).packs).toBe(12);
  });

  it('writes an index only after every pack it names is stored', async () => {
    const { store, repository } = await newRepository(new GatedStore());
    store.gated = true;
    const stored: string[] = [];
    const writer = new RepositoryWriter(repository, {
      ...inline,
      onPackStored: (pack) => stored.push(pack.packId),
    });
    await writer.addBlob('data', randomBytes(PACK));
    await writer.addBlob('tree', randomBytes(1000));
    const flushing = writer.flush();
    await store.untilGates(2);
    expect(store.order).not.toContain('begin index');
    store.gates[1]?.pass();
    store.gates[0]?.pass();
    await flushing;
    expect(store.order.filter((step) => /data|index/.test(step)).slice(-4)).toEqual([
      'end data',
      'end data',
      'begin index',
      'end index',
    ]);
    expect(stored.sort()).toEqual((await store.list('data')).map((pack) => pack.name).sort());
  });

  it('stops at a failed upload and says why, again and again', async () => {
    const { store, repository } = await newRepository(new GatedStore());
    store.gated = true;
    const writer = new RepositoryWriter(repository, { ...inline, uploads: 2 });
    await writer.addBlob('data', randomBytes(PACK));
    await writer.addBlob('data', randomBytes(PACK));
    await store.untilGates(2);
    const full = new Failure('node-full', 'the node is full');
    store.gates[0]?.fail(full);
    await expect(writer.flush()).rejects.toBe(full);
    await expect(writer.addBlob('data', randomBytes(10))).rejects.toBe(full);
    await expect(writer.flush()).rejects.toBe(full);
    expect(await store.list('index')).toEqual([]);
    expect(repository.index.size).toBe(0);
  });

  it('stops when it is cancelled', async () => {
    const { store, repository } = await newRepository(new GatedStore());
    store.gated = true;
    const controller = new AbortController();
    const writer = new RepositoryWriter(repository, { ...inline, signal: controller.signal });
    await writer.addBlob('data', randomBytes(PACK));
    await store.untilGates(1);
    controller.abort();
    await expect(writer.flush()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(writer.addBlob('data', randomBytes(10))).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('aborts', async () => {
    const { store, repository } = await newRepository(new GatedStore());
    store.gated = true;
    const writer = new RepositoryWriter(repository, inline);
    await writer.addBlob('data', randomBytes(PACK));
    await store.untilGates(1);
    await writer.abort();
    expect(await store.list('data')).toEqual([]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('adopts packs of an earlier attempt from its journal', async () => {
    const { repository } = await newRepository();
    const journal: StoredPack[] = [];
    const blob = randomBytes(PACK);
    const first = new RepositoryWriter(repository, { ...inline, onPackStored: (pack) => journal.push(pack) });
    await first.addBlob('data', blob);
    await first.addBlob('data', randomBytes(10));
    while (journal.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await first.abort();
    // No index names it: a writer that is not told stores it anew, one that is told does not.
    const second = new RepositoryWriter(repository, inline);
    for (const pack of journal) second.adoptPack(pack);
    expect((await second.addBlob('data', blob)).isNew).toBe(false);
    await second.flush();
    expect((await checkRepository(repository, { readData: true })).problems).toEqual([]);
    expect((await repository.loadBlob('data', blobId(blob))).equals(blob)).toBe(true);
  });

  it('saves an index when many blobs wait for one', async () => {
    const { store, repository } = await newRepository();
    const writer = new RepositoryWriter(repository, inline);
    const blobs = Array.from({ length: 50_001 }, (_, at) => ({
      type: 'data' as const,
      id: blobId(Buffer.from(String(at))),
      offset: at * 40,
      length: 40,
      uncompressedLength: null,
    }));
    writer.adoptPack({ packId: 'f'.repeat(64), size: 1, blobs });
    await writer.addBlob('data', randomBytes(PACK));
    while ((await store.list('index')).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await writer.flush();
    expect(repository.index.size).toBe(50_002);
    expect(await store.list('index')).toHaveLength(1);
  });

  it('stores version 1 uncompressed', async () => {
    const { repository } = await newRepository();
    const old = Object.create(repository, { config: { value: { ...repository.config, version: 1 } } });
    const writer = new RepositoryWriter(old, inline);
    const { id } = await writer.addBlob('data', Buffer.alloc(5000));
    await writer.flush();
    expect(repository.index.lookup('data', id)).toMatchObject({ length: 5032, uncompressedLength: null });
  });
});

describe('SealPool', () => {
  it('gives the work back when all threads are busy', async () => {
    const { repository } = await newRepository();
    const pool = new SealPool(1);
    const orders = Array.from({ length: 6 }, () => {
      const plaintext = randomBytes(100_000);
      return pool.trySeal(repository.key, 2, 'data', plaintext, blobId(plaintext));
    });
    expect(orders.filter((order) => order === null)).toHaveLength(4);
    const sealed = await Promise.all(orders);
    expect(sealed.filter((one) => one !== null).map((one) => one.uncompressedLength)).toEqual([
      100_000, 100_000,
    ]);
  });

  it('hands on what went wrong in a thread', async () => {
    const { repository } = await newRepository();
    const order = new SealPool(1).trySeal(repository.key, 2, 'data', randomBytes(5000), 'not its id');
    await expect(order).rejects.toMatchObject({ code: 'internal' });
  });
});
