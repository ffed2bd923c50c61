import { createHash, randomBytes } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FileAddress, RepositoryStore } from '../store/repository-store.ts';

const admission = { expectedBytes: null, mayUseReserve: false };

function digestOf(body: Buffer) {
  return { sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length };
}

/** Sends a body in pieces, as the network would. */
export async function put(
  store: RepositoryStore,
  file: FileAddress,
  body: Buffer,
): Promise<'stored' | 'was-there'> {
  const sink = await store.receive(file, { expectedBytes: body.length, mayUseReserve: false });
  try {
    for (let at = 0; at < body.length; at += 1000) await sink.append([body.subarray(at, at + 1000)]);
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  return sink.commit(digestOf(body));
}

export async function listed(store: RepositoryStore, repository: string, kind: FileAddress['kind']) {
  if (kind === 'config') throw new Error('a config is not listed');
  const files = [];
  for await (const batch of store.list(repository, kind)) files.push(...batch);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function contentOf(store: RepositoryStore, file: FileAddress): Promise<Buffer> {
  const opened = await store.open(file);
  try {
    return await opened.read(0, opened.size);
  } finally {
    await opened.close();
  }
}

export function packOf(body: Buffer, kind: FileAddress['kind'] = 'data', repository = 'repo'): FileAddress {
  return { repository, kind, name: digestOf(body).sha256 };
}

/** What every store must do, whatever it is made of. */
export function describeStore(name: string, make: () => Promise<RepositoryStore>): void {
  describe(`${name} as a repository store`, () => {
    let store: RepositoryStore;
    const body = randomBytes(2500);
    beforeEach(async () => {
      store = await make();
      await store.create('repo');
    });

    it('knows its repositories, and makes one twice without harm', async () => {
      await store.create('repo');
      await store.create('other');
      expect(await store.repositories()).toEqual(['other', 'repo']);
      expect(await store.exists('repo')).toBe(true);
      expect(await store.exists('nobody')).toBe(false);
    });

    it('tells repositories from folders without a config, with what is in each', async () => {
      const holdings = async () => (await store.holdings()).repositories;
      expect(await holdings()).toEqual([]);
      await put(store, { repository: 'repo', kind: 'config', name: 'config' }, body);
      await put(store, packOf(body), body);
      expect(await holdings()).toEqual([{ repositoryId: 'repo', bytes: 5000, files: 2 }]);
      expect(await store.measure('repo')).toEqual({ bytes: 5000, files: 2 });
      await expect(store.measure('nobody')).rejects.toMatchObject({ code: 'not-found' });
    });

    it.each(['data', 'index', 'keys', 'locks', 'snapshots'] as const)(
      'stores, lists, reads and removes a file of kind %s',
      async (kind) => {
        const file = packOf(body, kind);
        expect(await store.stat(file)).toBeNull();
        expect(await put(store, file, body)).toBe('stored');
        expect(await store.stat(file)).toBe(2500);
        expect(await listed(store, 'repo', kind)).toEqual([{ name: file.name, size: 2500 }]);
        expect(await contentOf(store, file)).toEqual(body);
        expect(await store.remove(file)).toBe(true);
        expect(await store.remove(file)).toBe(false);
        expect(await store.stat(file)).toBeNull();
        expect(await listed(store, 'repo', kind)).toEqual([]);
      },
    );

    it('keeps a config under its own name, whatever its hash', async () => {
      const file: FileAddress = { repository: 'repo', kind: 'config', name: 'config' };
      expect(await put(store, file, body)).toBe('stored');
      expect(await put(store, file, body)).toBe('was-there');
      await expect(put(store, file, randomBytes(2500))).rejects.toMatchObject({ code: 'already-exists' });
      expect(await contentOf(store, file)).toEqual(body);
    });

    it('takes the same bytes twice, and many times at once', async () => {
      const file = packOf(body);
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => put(store, file, body)));
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
      expect(await put(store, file, body)).toBe('was-there');
      expect(await listed(store, 'repo', 'data')).toEqual([{ name: file.name, size: 2500 }]);
    });

    it('refuses a body that is not what the name says, and leaves nothing', async () => {
      const file = { ...packOf(body), name: '0'.repeat(64) };
      await expect(put(store, file, body)).rejects.toMatchObject({ code: 'hash-mismatch' });
      expect(await store.stat(file)).toBeNull();
      expect(await listed(store, 'repo', 'data')).toEqual([]);
    });

    it('lists nothing of a body that has not come to its end, or was given up', async () => {
      const file = packOf(body);
      const sink = await store.receive(file, admission);
      await sink.append([body]);
      expect(await listed(store, 'repo', 'data')).toEqual([]);
      expect(await store.stat(file)).toBeNull();
      await sink.abandon();
      await sink.abandon();
      expect(await listed(store, 'repo', 'data')).toEqual([]);
      expect(await put(store, file, body)).toBe('stored');
    });

    it('says that a repository or a file is not there', async () => {
      const notFound = { code: 'not-found' };
      await expect(store.open(packOf(body))).rejects.toMatchObject(notFound);
      await expect(store.receive(packOf(body, 'data', 'nobody'), admission)).rejects.toMatchObject(notFound);
      await expect(listed(store, 'nobody', 'data')).rejects.toBeInstanceOf(Failure);
      expect(await store.stat(packOf(body, 'data', 'nobody'))).toBeNull();
      expect(await store.remove(packOf(body, 'data', 'nobody'))).toBe(false);
    });

    it('keeps repositories apart', async () => {
      await store.create('other');
      await put(store, packOf(body), body);
      expect(await listed(store, 'other', 'data')).toEqual([]);
      expect(await store.stat(packOf(body, 'data', 'other'))).toBeNull();
    });

    it('reads from an open file on when its name is removed', async () => {
      const file = packOf(body);
      await put(store, file, body);
      const opened = await store.open(file);
      await store.remove(file);
      expect(await opened.read(100, 50)).toEqual(body.subarray(100, 150));
      const chunks = [];
      for await (const chunk of opened.stream(2000, 500)) chunks.push(chunk);
      expect(Buffer.concat(chunks)).toEqual(body.subarray(2000));
      await opened.close();
    });
  });
}
