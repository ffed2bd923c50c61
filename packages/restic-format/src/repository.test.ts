import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkRepository } from './check.ts';
import { seal } from './crypto.ts';
import { localGoTimeFromMs } from './go-time.ts';
import { createRepositoryFiles, initRepository } from './initial-files.ts';
import { createKey } from './key-file.ts';
import { openRepository, type Repository } from './repository.ts';
import { RepositoryWriter } from './repository-writer.ts';
import { blobId } from './sealed-blob.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';
import { emptyNode, encodeTree } from './tree.ts';

const owner = { hostname: 'here', username: 'me' };

function snapshotAt(ms: number, tree = 'a'.repeat(64)): Snapshot {
  return {
    time: localGoTimeFromMs(ms),
    parent: null,
    tree,
    paths: ['/'],
    hostname: 'here',
    username: 'me',
    uid: 0,
    gid: 0,
    excludes: [],
    tags: [],
    original: null,
    programVersion: '',
    summary: null,
  };
}

describe('making and opening', () => {
  it('makes the same repository on several stores', async () => {
    const files = await createRepositoryFiles('secret', owner);
    const stores = [new MemoryStore('one'), new MemoryStore('two')];
    for (const store of stores) {
      await store.write('keys', files.key.name, [files.key.bytes]);
      await store.write('config', 'config', [files.config]);
      const repository = await openRepository(store, 'secret');
      expect(repository.id).toBe(files.repositoryId);
      expect(repository.keyId).toBe(files.key.name);
    }
  });

  it('says wrong-password, not-found, already-exists', async () => {
    const store = new MemoryStore('the place');
    await expect(openRepository(store, 'x')).rejects.toMatchObject({
      code: 'not-found',
      message: /the place/,
    });
    await initRepository(store, 'x', owner);
    await expect(openRepository(store, 'y')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(initRepository(store, 'x', owner)).rejects.toMatchObject({ code: 'already-exists' });
    store.files.delete('config/config');
    await expect(initRepository(store, 'x', owner)).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('tries every key, whatever the others are', async () => {
    const { store, repository } = await newRepository();
    const second = await createKey('second', owner, { master: repository.key });
    await store.write('keys', second.name, [second.bytes]);
    const rubbish = Buffer.from('{"kdf":"scrypt","N":1073741824,"r":8,"p":1}');
    store.files.set(`keys/${'0'.repeat(64)}`, rubbish);
    store.files.set(`keys/${'1'.repeat(64)}`, randomBytes(20));
    expect((await openRepository(store, 'second')).keyId).toBe(second.name);
    await expect(openRepository(store, 'third')).rejects.toMatchObject({ code: 'wrong-password' });
  });

  it('refuses a version to come and a polynomial that cannot cut', async () => {
    const { store, repository } = await newRepository();
    const configs = [
      ['{"version":3,"id":"x","chunker_polynomial":"25b468838dcb75"}', 'unsupported-format'],
      [`{"version":2,"id":"${'a'.repeat(64)}","chunker_polynomial":"20000000000001"}`, 'unsupported-format'],
      [`{"version":2,"id":"${'a'.repeat(64)}","chunker_polynomial":"xyz"}`, 'repository-damaged'],
      ['{"version":2,"id":"short","chunker_polynomial":"25b468838dcb75"}', 'repository-damaged'],
      ['nonsense', 'repository-damaged'],
    ] as const;
    for (const [json, code] of configs) {
      store.files.set('config/config', seal(repository.key, Buffer.from(json)));
      await expect(openRepository(store, 'password')).rejects.toMatchObject({ code });
    }
    store.files.set('config/config', randomBytes(200));
    await expect(openRepository(store, 'password')).rejects.toMatchObject({ code: 'repository-damaged' });
  });
});

describe('snapshots', () => {
  it('are found by id, prefix and as the latest', async () => {
    const { repository } = await newRepository();
    await expect(repository.loadSnapshot('latest')).rejects.toMatchObject({ code: 'snapshot-not-found' });
    const old = await repository.saveSnapshot(snapshotAt(1_000_000));
    const ids = [old];
    for (let at = 2; at < 20; at += 1) ids.push(await repository.saveSnapshot(snapshotAt(at * 1_000_000)));
    const latest = ids.at(-1) ?? '';
    expect((await repository.loadSnapshot('latest')).id).toBe(latest);
    expect((await repository.loadSnapshot(old)).snapshot).toEqual(snapshotAt(1_000_000));
    expect((await repository.loadSnapshot(old.slice(0, 12))).id).toBe(old);
    expect((await repository.listSnapshots()).map((one) => one.id)).toEqual(ids);
    for (const bad of ['', 'LATEST', '../config', 'f'.repeat(63)]) {
      await expect(repository.loadSnapshot(bad)).rejects.toMatchObject({ code: 'snapshot-not-found' });
    }
    const digit =
      [...'0123456789abcdef'].find((one) => ids.filter((id) => id.startsWith(one)).length > 1) ?? '';
    await expect(repository.loadSnapshot(digit)).rejects.toThrow(/give more digits/);
  });

  it('of restic 0.17 keep their statistics', () => {
    const json =
      `{"time":"2024-07-26T18:00:00.5+02:00","parent":"${'b'.repeat(64)}","tree":"${'c'.repeat(64)}","paths":["/home"],` +
      '"hostname":"h","username":"u","uid":1000,"gid":1000,"program_version":"restic 0.17.0",' +
      '"summary":{"backup_start":"2024-07-26T18:00:00.5+02:00","backup_end":"2024-07-26T18:00:09+02:00",' +
      '"files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,' +
      '"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":12}}';
    const snapshot = decodeSnapshot(Buffer.from(json), 'x');
    expect(snapshot.summary).toMatchObject({ filesNew: 1, totalBytesProcessed: 12 });
    expect(encodeSnapshot(snapshot).toString()).toBe(json);
    expect(decodeSnapshot(Buffer.from(json.replace('{', '{"to_come":[],')), 'x')).toEqual(snapshot);
  });

  it('that are damaged are named, or passed over on request', async () => {
    const { store, repository } = await newRepository();
    await repository.saveSnapshot(snapshotAt(5000));
    const bad = 'e'.repeat(64);
    store.files.set(`snapshots/${bad}`, randomBytes(100));
    await expect(repository.listSnapshots()).rejects.toMatchObject({
      code: 'repository-damaged',
      message: new RegExp(bad),
    });
    const damaged: string[] = [];
    expect(
      await repository.listSnapshots(undefined, { onDamaged: (name) => damaged.push(name) }),
    ).toHaveLength(1);
    expect(damaged).toEqual([bad]);
  });
});

describe('a damaged copy', () => {
  let store: MemoryStore;
  let repository: Repository;
  const blobs = Array.from({ length: 8 }, () => randomBytes(10_000));
  const ids = blobs.map(blobId);

  async function write(target: Repository, packSize = 1_000_000): Promise<void> {
    const writer = new RepositoryWriter(target, { sealPool: null, packSize });
    for (const blob of blobs) await writer.addBlob('data', blob);
    const time = localGoTimeFromMs(0);
    const file = emptyNode('file', 'file', { mtime: time, atime: time, ctime: time });
    const tree = await writer.addBlob(
      'tree',
      encodeTree({ nodes: [{ ...file, content: ids, size: 80_000 }] }),
    );
    await writer.flush();
    await target.saveSnapshot(snapshotAt(1, tree.id));
  }

  function packOf(id: string): string {
    return repository.index.lookup('data', id)?.packId ?? '';
  }

  function damage(packId: string, offset: number): void {
    const bytes = Buffer.from(store.files.get(`data/${packId}`) ?? Buffer.alloc(0));
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    store.files.set(`data/${packId}`, bytes);
  }

  function place(id: string): number {
    return (repository.index.lookup('data', id)?.offset ?? 0) + 100;
  }

  async function kinds(readData: boolean): Promise<string[]> {
    const { problems } = await checkRepository(repository, { readData });
    return [...new Set(problems.map((problem) => problem.kind))].sort();
  }

  beforeEach(async () => {
    ({ store, repository } = await newRepository());
    await write(repository);
  });

  it('is in order at first', async () => {
    const progress = new Set<string>();
    const report = await checkRepository(repository, {
      readData: true,
      onProgress: ({ phase, packsDone, packsTotal }) => progress.add(`${phase} ${packsDone}/${packsTotal}`),
    });
    expect(report).toMatchObject({ problems: [], packs: 2, snapshots: 1, blobs: 9 });
    expect([...progress]).toEqual(['structure 0/2', 'data 1/2', 'data 2/2']);
  });

  it('names pack and blob of a changed byte, and gives the others', async () => {
    const [bad = '', good = ''] = ids;
    const packId = packOf(bad);
    damage(packId, place(bad));
    await expect(repository.loadBlob('data', bad)).rejects.toMatchObject({
      code: 'pack-damaged',
      message: new RegExp(`${packId}.*${bad}`),
    });
    expect((await repository.loadBlob('data', good)).equals(blobs[1] ?? Buffer.of())).toBe(true);
    const handles = ids.map((id) => ({ type: 'data' as const, id }));
    const loaded = await Array.fromAsync(repository.loadBlobs(packId, handles));
    expect(loaded.filter((one) => 'failure' in one).map((one) => one.id)).toEqual([bad]);
    expect(loaded).toHaveLength(8);
    expect(await kinds(false)).toEqual([]);
    expect(await kinds(true)).toEqual(['file-damaged', 'pack-damaged']);
  });

  it('reads a blob from another pack that has it', async () => {
    const [bad = ''] = ids;
    const packId = packOf(bad);
    // A second writer that did not know of the first, as after a run on another machine.
    const other = await openRepository(store, 'password');
    await write(other);
    await repository.loadIndex();
    expect(repository.index.lookupAll('data', bad)).toHaveLength(2);
    damage(packId, place(bad));
    store.files.set(`data/${packId}`, store.files.get(`data/${packId}`) ?? Buffer.of());
    for (const place of repository.index.lookupAll('data', bad)) {
      if (place.packId === packId) damage(packId, place.offset + 5);
    }
    expect((await repository.loadBlob('data', bad)).equals(blobs[0] ?? Buffer.of())).toBe(true);
    const loaded = await Array.fromAsync(repository.loadBlobs(packId, [{ type: 'data', id: bad }]));
    expect(loaded[0]).toMatchObject({ plaintext: blobs[0] });
  });

  it.each(['missing', 'cut'])(
    'counts the entries of a %s pack as absent, and heals by being used',
    async (how) => {
      const [id = ''] = ids;
      const packId = packOf(id);
      const bytes = store.files.get(`data/${packId}`) ?? Buffer.of();
      if (how === 'missing') store.files.delete(`data/${packId}`);
      else store.files.set(`data/${packId}`, bytes.subarray(1));
      await repository.loadIndex();
      expect(repository.index.has('data', id)).toBe(false);
      expect([...repository.absentPacks]).toEqual([packId]);
      await expect(repository.loadBlob('data', id)).rejects.toMatchObject({ code: 'pack-damaged' });
      const kind = how === 'missing' ? 'pack-missing' : 'pack-wrong-size';
      expect(await kinds(true)).toEqual(['blob-missing', kind]);
      await write(repository);
      expect((await repository.loadBlob('data', id)).equals(blobs[0] ?? Buffer.of())).toBe(true);
      expect(await kinds(true)).toEqual([kind]);
    },
  );

  it('reports a tree that is gone or damaged', async () => {
    const { snapshot } = await repository.loadSnapshot('latest');
    const place = repository.index.lookup('tree', snapshot.tree);
    damage(place?.packId ?? '', (place?.offset ?? 0) + 20);
    expect(await kinds(false)).toEqual(['tree-damaged']);
    store.files.delete(`data/${place?.packId}`);
    expect(await kinds(false)).toEqual(['pack-missing', 'tree-missing']);
  });

  it('reports damaged index and snapshot files, and a pack that no index names', async () => {
    const [index = { name: '' }] = await store.list('index');
    store.files.set(`index/${index.name}`, randomBytes(300));
    store.files.set(`snapshots/${'d'.repeat(64)}`, randomBytes(300));
    await expect(repository.loadIndex()).rejects.toMatchObject({ code: 'repository-damaged' });
    // Without an index everything would seem lost: the rest is not judged.
    expect(await kinds(false)).toEqual(['index-damaged', 'snapshot-damaged']);
    store.files.delete(`index/${index.name}`);
    expect(await kinds(false)).toEqual(['pack-not-indexed', 'snapshot-damaged', 'tree-missing']);
  });

  it('is not blamed for a store that cannot be reached', async () => {
    const signal = AbortSignal.abort();
    await expect(repository.loadBlob('data', ids[0] ?? '', signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(checkRepository(repository, { readData: true, signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
