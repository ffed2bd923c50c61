import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ForgetfulFileSystem } from '../testing/forgetful-file-system.ts';
import { describeStore, listed, packOf, put } from '../testing/store-conformance.ts';
import { DiskStore } from './disk-store.ts';
import { nodeFileSystem, withoutFirst } from './node-file-system.ts';

const noLimits = { reserveBytes: 0, quotaBytes: null };
let base: string;
let count = 0;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'breakwater-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function makeRoot(): Promise<string> {
  const root = join(base, String(count++));
  await mkdir(root);
  return root;
}

describeStore(
  'the disk store on a real disk',
  async () => new DiskStore(nodeFileSystem, await makeRoot(), noLimits),
);
describeStore(
  'the disk store on the forgetful file system',
  async () => new DiskStore(new ForgetfulFileSystem('/store'), '/store', noLimits),
);

describe('DiskStore', () => {
  let root: string;
  let store: DiskStore;
  const body = randomBytes(3000);
  beforeEach(async () => {
    root = await makeRoot();
    store = new DiskStore(nodeFileSystem, root, noLimits);
    await store.create('repo');
  });

  it('lays files out as stock restic does, for the owner alone, and leaves no temporary file', async () => {
    const pack = packOf(body);
    await put(store, pack, body);
    const folder = join(root, 'repo', 'data', pack.name.slice(0, 2));
    expect(await readdir(folder)).toEqual([pack.name]);
    expect((await stat(join(folder, pack.name))).mode & 0o777).toBe(0o400);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await readdir(join(root, 'repo'))).sort()).toEqual([
      'data',
      'index',
      'keys',
      'locks',
      'snapshots',
    ]);
  });

  it('cleans up what interrupted uploads left, and counts what is stored', async () => {
    const pack = packOf(body);
    await put(store, pack, body);
    await put(store, packOf(body, 'index'), body);
    const folder = join(root, 'repo', 'data', pack.name.slice(0, 2));
    await writeFile(join(folder, '.incoming-1'), 'cut');
    await writeFile(join(root, 'repo', '.incoming-2'), 'cut');
    const again = new DiskStore(nodeFileSystem, root, noLimits);
    expect(await listed(again, 'repo', 'data')).toEqual([{ name: pack.name, size: 3000 }]);
    expect(await again.survey()).toBe(2);
    expect(await readdir(folder)).toEqual([pack.name]);
    expect(again.usage.all()).toEqual([{ repositoryId: 'repo', bytes: 6000, files: 2 }]);
    expect(store.usage.all()).toEqual(again.usage.all());
    await again.remove(pack);
    expect(again.usage.totalBytes()).toBe(3000);
  });

  it('finds repositories that were copied into its folder, and says which it cannot use', async () => {
    const copyTo = async (name: string) => {
      await mkdir(join(root, name, 'data', 'ab'), { recursive: true });
      await writeFile(join(root, name, 'config'), 'sealed');
      await writeFile(join(root, name, 'data', 'ab', 'ab'.repeat(32)), 'pack');
    };
    for (const name of ['web-3', 'web-3.example', 'probe', '.hidden']) await copyTo(name);
    await mkdir(join(root, 'lost+found'));
    const found = { repositories: [{ repositoryId: 'web-3', bytes: 10, files: 2 }], unreadable: [] };
    expect(await store.holdings()).toEqual({ ...found, misnamed: ['probe', 'web-3.example'] });
    await writeFile(join(root, 'web-3', 'data', 'ab', 'ac'.repeat(32)), 'another');
    expect(await store.measure('web-3')).toEqual({ bytes: 17, files: 3 });
  });

  it.skipIf(process.getuid?.() === 0)(
    'names a folder it may not look into (skipped as root, who may)',
    async () => {
      await mkdir(join(root, 'lost+found'), { mode: 0 });
      await mkdir(join(root, 'of-root', 'keys'), { recursive: true });
      await writeFile(join(root, 'of-root', 'config'), 'sealed');
      await chmod(join(root, 'of-root', 'keys'), 0);
      const names = { repositories: [], misnamed: [], unreadable: ['of-root'] };
      for (const _ of [1, 2]) expect(await store.holdings()).toEqual(names);
      await chmod(join(root, 'of-root', 'keys'), 0o700);
    },
  );

  it('leaves an upload in flight alone while it cleans up', async () => {
    const sink = await store.receive(packOf(body), { expectedBytes: 3000, mayUseReserve: false });
    await sink.append([body]);
    expect(await store.survey()).toBe(0);
    expect(await sink.commit({ sha256: packOf(body).name, bytes: 3000 })).toBe('stored');
  });

  it('neither lists nor opens links, folders or strange names', async () => {
    await writeFile(join(root, 'secret'), 'secret');
    const name = 'b'.repeat(64);
    await symlink(join(root, 'secret'), join(root, 'repo', 'index', name));
    await mkdir(join(root, 'repo', 'index', 'c'.repeat(64)));
    await writeFile(join(root, 'repo', 'index', 'README'), 'hello');
    expect(await listed(store, 'repo', 'index')).toEqual([]);
    for (const other of [name, 'c'.repeat(64)]) {
      await expect(store.open({ repository: 'repo', kind: 'index', name: other })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
  });

  it('works on after its folders were removed by hand', async () => {
    await put(store, packOf(body), body);
    await rm(join(root, 'repo', 'data'), { recursive: true });
    expect(await put(store, packOf(body), body)).toBe('stored');
    await rm(join(root, 'repo'), { recursive: true });
    await expect(put(store, packOf(body), body)).rejects.toMatchObject({ code: 'not-found' });
    await store.create('repo');
    expect(await put(store, packOf(body), body)).toBe('stored');
  });

  it('takes no other name for a repository', async () => {
    await mkdir(join(root, 'lost+found'));
    await mkdir(join(root, 'metrics'));
    expect(await store.repositories()).toEqual(['repo']);
  });
});

describe('DiskStore on a disk that fails', () => {
  const body = randomBytes(3000);

  it.each([
    ['append', 'ENOSPC', 'node-full'],
    ['append', 'EDQUOT', 'quota-exceeded'],
    ['sync', 'EDQUOT', 'quota-exceeded'],
    ['sync', 'EIO', 'unavailable'],
    ['renameFile', 'EIO', 'unavailable'],
    ['createFile', 'ENOSPC', 'node-full'],
    ['makeFolder', 'ENOSPC', 'node-full'],
  ])('%s with %s is %s, and nothing is left', async (call, errno, code) => {
    const fs = new ForgetfulFileSystem('/store');
    const store = new DiskStore(fs, '/store', noLimits);
    await store.create('repo');
    fs.failNext(call, errno);
    await expect(put(store, packOf(body), body)).rejects.toMatchObject({ code });
    expect([...fs.files().keys()]).toEqual([]);
    expect(await put(store, packOf(body), body)).toBe('stored');
  });

  it('acknowledges a repeated body only when its folder has been synced, though the first sync failed', async () => {
    const fs = new ForgetfulFileSystem('/store');
    const store = new DiskStore(fs, '/store', noLimits);
    await store.create('repo');
    await put(store, packOf(body), body);
    await store.remove(packOf(body));
    fs.failNext('syncFolder', 'EIO');
    await expect(put(store, packOf(body), body)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await put(store, packOf(body), body)).toBe('was-there');
    fs.restart('forgets-names');
    expect(await new DiskStore(fs, '/store', noLimits).stat(packOf(body))).toBe(3000);
  });
});

describe('withoutFirst', () => {
  it('gives what a short write left over', () => {
    const chunks = [Buffer.from('abc'), Buffer.from(''), Buffer.from('de')];
    const left = (bytes: number) => Buffer.concat(withoutFirst(chunks, bytes)).toString();
    expect([0, 1, 3, 4, 5].map(left)).toEqual(['abcde', 'bcde', 'de', 'e', '']);
    expect(withoutFirst(chunks, 5)).toEqual([]);
  });
});
