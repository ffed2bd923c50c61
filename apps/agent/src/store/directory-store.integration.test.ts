import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { describePackStore } from '@breakwater/restic-format/testing/pack-store-conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryStore } from './directory-store.ts';

describePackStore('a folder on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  const store = new DirectoryStore(join(folder, 'repository'));
  return { store, close: () => rm(folder, { recursive: true, force: true }) };
});

describe('DirectoryStore on disk', () => {
  let folder: string;
  let store: DirectoryStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
    store = new DirectoryStore(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const bytes = Buffer.from('a pack');
  const name = createHash('sha256').update(bytes).digest('hex');

  it('lays files out as restic does, read-only and with no temporary file left', async () => {
    await store.createFolders();
    await store.write('data', name, [bytes]);
    await store.write('locks', name, [bytes]);
    expect((await readdir(folder)).sort()).toEqual(['data', 'index', 'keys', 'locks', 'snapshots']);
    expect(await readdir(join(folder, 'data', name.slice(0, 2)))).toEqual([name]);
    expect(await readdir(join(folder, 'locks'))).toEqual([name]);
    expect((await stat(join(folder, 'locks', name))).mode & 0o777).toBe(0o400);
  });

  it('does not list what a writer left behind when it was killed', async () => {
    await store.write('data', name, [bytes]);
    await writeFile(join(folder, 'data', name.slice(0, 2), `${name}-tmp-123456`), 'half');
    expect(await store.list('data')).toEqual([{ name, size: bytes.length }]);
  });

  it('leaves nothing behind when the write fails half way', async () => {
    await store.createFolders();
    const broken = {
      get length(): number {
        return bytes.length;
      },
    } as Uint8Array;
    await expect(store.write('config', 'config', [broken])).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(['data', 'index', 'keys', 'locks', 'snapshots']);
  });

  it('refuses to overwrite a file that holds other bytes', async () => {
    await store.write('data', name, [bytes]);
    const path = join(folder, 'data', name.slice(0, 2), name);
    await rm(path);
    await writeFile(path, 'short');
    await expect(store.write('data', name, [bytes])).rejects.toMatchObject({ code: 'already-exists' });
  });
});
