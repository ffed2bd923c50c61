import { createHash, randomBytes } from 'node:crypto';
import { Failure, type FailureCode } from '@breakwater/domain/failure';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileKind, PackStore } from '../pack-store.ts';

export interface StoreUnderTest {
  store: PackStore;
  /** Stops servers, removes folders. */
  close?: () => Promise<void>;
}

const namedKinds = ['data', 'index', 'keys', 'locks', 'snapshots'] as const;

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function codeOf(promise: Promise<unknown>): Promise<FailureCode | 'no failure' | 'not a Failure'> {
  try {
    await promise;
    return 'no failure';
  } catch (error) {
    return error instanceof Failure ? error.code : 'not a Failure';
  }
}

/** What every PackStore must do. `create` makes an empty store for each test. */
export function describePackStore(title: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${title} is a PackStore`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(async () => {
      await under.close?.();
    });

    async function put(kind: Exclude<FileKind, 'config'>, bytes: Buffer): Promise<string> {
      const name = hashOf(bytes);
      await under.store.write(kind, name, [bytes]);
      return name;
    }

    it('is empty at first', async () => {
      for (const kind of namedKinds) expect(await under.store.list(kind)).toEqual([]);
      expect(await under.store.stat('config', 'config')).toBeNull();
      expect(await under.store.stat('data', '0'.repeat(64))).toBeNull();
    });

    it('tells where it is without a secret', () => {
      expect(under.store.location.length).toBeGreaterThan(0);
    });

    it.each(namedKinds)('keeps %s files apart, with name and size', async (kind) => {
      const bytes = randomBytes(1000);
      const name = await put(kind, bytes);
      const second = await put(kind, Buffer.from(`second ${kind}`));
      const listed = await under.store.list(kind);
      expect(listed.toSorted((a, b) => a.size - b.size)).toEqual([
        { name: second, size: `second ${kind}`.length },
        { name, size: 1000 },
      ]);
      for (const other of namedKinds) {
        if (other !== kind) expect(await under.store.list(other)).toEqual([]);
      }
      expect(await under.store.stat(kind, name)).toBe(1000);
      expect((await under.store.read(kind, name)).equals(bytes)).toBe(true);
    });

    it('keeps the config, written once', async () => {
      const bytes = randomBytes(155);
      await under.store.write('config', 'config', [bytes]);
      expect(await under.store.stat('config', 'config')).toBe(155);
      expect((await under.store.read('config', 'config')).equals(bytes)).toBe(true);
      expect(await codeOf(under.store.write('config', 'config', [randomBytes(155)]))).toBe('already-exists');
      expect((await under.store.read('config', 'config')).equals(bytes)).toBe(true);
    });

    it('writes parts in order as one body', async () => {
      const parts = [randomBytes(300_000), Buffer.alloc(0), randomBytes(1), randomBytes(70_000)];
      const whole = Buffer.concat(parts);
      await under.store.write('data', hashOf(whole), parts);
      expect((await under.store.read('data', hashOf(whole))).equals(whole)).toBe(true);
    });

    it('takes views into larger buffers', async () => {
      const large = randomBytes(5000);
      const view = new Uint8Array(large.buffer, large.byteOffset + 100, 900);
      await under.store.write('data', hashOf(view), [view]);
      expect((await under.store.read('data', hashOf(view))).equals(view)).toBe(true);
    });

    it('reads exact ranges', async () => {
      const bytes = randomBytes(10_000);
      const name = await put('data', bytes);
      for (const [offset, length] of [
        [0, 10_000],
        [0, 1],
        [9999, 1],
        [1234, 4321],
      ] as const) {
        const part = await under.store.read('data', name, { offset, length });
        expect(part.equals(bytes.subarray(offset, offset + length))).toBe(true);
      }
    });

    it('refuses a range beyond the end', async () => {
      const name = await put('data', randomBytes(100));
      expect(await codeOf(under.store.read('data', name, { offset: 0, length: 101 }))).toBe('bad-range');
      expect(await codeOf(under.store.read('data', name, { offset: 99, length: 2 }))).toBe('bad-range');
      expect(await codeOf(under.store.read('data', name, { offset: 200, length: 1 }))).toBe('bad-range');
    });

    it('gives the caller bytes of its own', async () => {
      const bytes = randomBytes(100);
      const name = await put('data', bytes);
      (await under.store.read('data', name)).fill(0);
      expect((await under.store.read('data', name)).equals(bytes)).toBe(true);
    });

    it('says not-found for what is not there', async () => {
      expect(await codeOf(under.store.read('data', 'a'.repeat(64)))).toBe('not-found');
      expect(await codeOf(under.store.read('snapshots', 'a'.repeat(64), { offset: 0, length: 1 }))).toBe(
        'not-found',
      );
      expect(await codeOf(under.store.read('config', 'config'))).toBe('not-found');
    });

    it('takes the same bytes again', async () => {
      const bytes = randomBytes(100);
      const name = await put('index', bytes);
      await put('index', bytes);
      expect(await under.store.list('index')).toEqual([{ name, size: 100 }]);
    });

    it('refuses bytes that do not match their name, and keeps nothing of them', async () => {
      const wrong = hashOf(Buffer.from('something else'));
      expect(await codeOf(under.store.write('data', wrong, [randomBytes(50)]))).toBe('hash-mismatch');
      expect(await under.store.stat('data', wrong)).toBeNull();
      expect(await under.store.list('data')).toEqual([]);
    });

    it('removes, and removing what is not there is no error', async () => {
      const name = await put('locks', randomBytes(10));
      await under.store.remove('locks', name);
      await under.store.remove('locks', name);
      expect(await under.store.list('locks')).toEqual([]);
      expect(await under.store.stat('locks', name)).toBeNull();
    });

    it.each(['', '..', '../config', 'config', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}/x`])(
      'refuses the name "%s"',
      async (name) => {
        expect(await codeOf(under.store.write('data', name, [Buffer.from('x')]))).toBe('bad-name');
        expect(await codeOf(under.store.read('data', name))).toBe('bad-name');
      },
    );

    it('does nothing for an aborted signal', async () => {
      const bytes = randomBytes(10);
      const signal = AbortSignal.abort();
      expect(await codeOf(under.store.write('data', hashOf(bytes), [bytes], signal))).toBe('cancelled');
      expect(await codeOf(under.store.list('data', signal))).toBe('cancelled');
      expect(await codeOf(under.store.read('data', hashOf(bytes), undefined, signal))).toBe('cancelled');
      expect(await under.store.list('data')).toEqual([]);
    });

    it('stores many files at once', async () => {
      const bodies = Array.from({ length: 40 }, () => randomBytes(2000));
      await Promise.all(bodies.map((body) => put('data', body)));
      const names = (await under.store.list('data')).map((file) => file.name).sort();
      expect(names).toEqual(bodies.map(hashOf).sort());
    });
  });
}
