import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  acquireLock,
  type AcquireLockOptions,
  isStaleLock,
  listLocks,
  LOCK_STALE_MS,
  removeStaleLocks,
} from './lock.ts';
import { decodeLock, encodeLock, type Lock } from './lock-file.ts';
import type { Repository } from './repository.ts';
import type { MemoryStore } from './testing/memory-store.ts';
import { newRepository } from './testing/new-repository.ts';

let store: MemoryStore;
let repository: Repository;
let now = 1_700_000_000_000;

beforeEach(async () => {
  now = 1_700_000_000_000;
  ({ store, repository } = await newRepository());
});

function options(change: Partial<AcquireLockOptions> = {}): AcquireLockOptions {
  return {
    hostname: 'here',
    username: 'me',
    pid: 100,
    exclusive: false,
    now: () => now,
    isProcessAlive: () => true,
    settleMs: 0,
    ...change,
  };
}

async function lockNames(): Promise<string[]> {
  return (await store.list('locks')).map((file) => file.name);
}

describe('acquireLock', () => {
  it('lets many share, one exclude', async () => {
    const first = await acquireLock(repository, options());
    const second = await acquireLock(repository, options({ pid: 200 }));
    expect((await lockNames()).sort()).toEqual([first.name, second.name].sort());
    const exclusive = acquireLock(repository, options({ exclusive: true }));
    await expect(exclusive).rejects.toMatchObject({ code: 'repository-locked' });
    await first.release();
    await second.release();
    await second.release();
    const alone = await acquireLock(repository, options({ exclusive: true }));
    await expect(acquireLock(repository, options())).rejects.toThrow(
      /locked exclusively by me@here \(process 100\) since 2023-11-14T22:13:20/,
    );
    await alone.release();
    expect(await lockNames()).toEqual([]);
  });

  it('passes over locks that nobody holds', async () => {
    await acquireLock(repository, options({ exclusive: true, pid: 300 }));
    await expect(acquireLock(repository, options())).rejects.toMatchObject({ code: 'repository-locked' });
    const dead = options({ isProcessAlive: (pid) => pid !== 300 });
    await (await acquireLock(repository, dead)).release();
    const elsewhere = { ...dead, hostname: 'elsewhere' };
    await expect(acquireLock(repository, elsewhere)).rejects.toMatchObject({ code: 'repository-locked' });
    now += LOCK_STALE_MS + 1;
    await (await acquireLock(repository, elsewhere)).release();
    const here = { hostname: 'x', isProcessAlive: () => true, now };
    expect(await removeStaleLocks(repository, here)).toBe(1);
    expect(await lockNames()).toEqual([]);
  });

  it('of two at the same moment never lets both exclude', async () => {
    const both = await Promise.allSettled([
      acquireLock(repository, options({ exclusive: true, pid: 1 })),
      acquireLock(repository, options({ exclusive: true, pid: 2 })),
    ]);
    const held = both.filter((one) => one.status === 'fulfilled');
    expect(held.length).toBeLessThan(2);
    expect(await lockNames()).toHaveLength(held.length);
  });

  it('leaves no lock behind when cancelled', async () => {
    const controller = new AbortController();
    const locking = acquireLock(repository, options({ signal: controller.signal, settleMs: 1 }));
    controller.abort();
    await expect(locking).rejects.toMatchObject({ code: 'cancelled' });
    expect(await lockNames()).toEqual([]);
  });

  it('heeds a lock it cannot read, but not an empty file', async () => {
    store.files.set(`locks/${'a'.repeat(64)}`, Buffer.alloc(0));
    await (await acquireLock(repository, options())).release();
    store.files.set(`locks/${'b'.repeat(64)}`, randomBytes(100));
    await expect(acquireLock(repository, options())).rejects.toMatchObject({ code: 'repository-locked' });
  });
});

describe('a held lock', () => {
  it('is refreshed by a new file', async () => {
    const lock = await acquireLock(repository, options());
    const before = lock.name;
    now += 300_000;
    await lock.refresh();
    expect(lock.name).not.toBe(before);
    expect(lock.lastRefreshAt).toBe(now);
    expect(await lockNames()).toEqual([lock.name]);
    expect((await listLocks(repository)).map((one) => one.lock.timeMs)).toEqual([now]);
  });

  it('can be refreshed late, as long as nobody removed it', async () => {
    const lock = await acquireLock(repository, options());
    now += LOCK_STALE_MS * 2;
    await lock.refresh();
    expect(await lockNames()).toEqual([lock.name]);
  });

  it('knows when it was removed', async () => {
    const lock = await acquireLock(repository, options());
    await store.remove('locks', lock.name);
    await expect(lock.refresh()).rejects.toMatchObject({ code: 'lock-lost' });
    expect(await lockNames()).toEqual([]);
  });

  it('is not refreshed after its release', async () => {
    const lock = await acquireLock(repository, options());
    await lock.release();
    await expect(lock.refresh()).rejects.toMatchObject({ code: 'lock-lost' });
    expect(await lockNames()).toEqual([]);
  });
});

describe('lock file', () => {
  const lock: Lock = {
    timeMs: 1_435_396_731_759,
    exclusive: true,
    hostname: 'k<',
    username: 'fd0',
    pid: 13_607,
    uid: 1000,
    gid: 100,
  };

  it('keeps its fields and leaves out zeros', () => {
    expect(decodeLock(encodeLock(lock), 'x')).toEqual(lock);
    const root = { ...lock, uid: 0, gid: 0 };
    expect(encodeLock(root).toString()).toMatch(
      /^\{"time":"2015-06-27T.*","exclusive":true,"hostname":"k\\u003c","username":"fd0","pid":13607\}$/,
    );
    expect(decodeLock(encodeLock(root), 'x')).toEqual(root);
  });

  it('is refused when it is something else', () => {
    for (const json of ['[]', '{"pid":-1}', '{"time":7}', '{"exclusive":"yes"}']) {
      expect(() => decodeLock(Buffer.from(json), 'lock123')).toThrow(/lock123/);
    }
  });

  it('is stale at 30 minutes, or when its process here is dead', () => {
    const here = { hostname: 'k<', isProcessAlive: () => true, now: lock.timeMs + LOCK_STALE_MS };
    expect(isStaleLock(lock, here)).toBe(false);
    expect(isStaleLock(lock, { ...here, now: here.now + 1 })).toBe(true);
    expect(isStaleLock(lock, { ...here, isProcessAlive: () => false })).toBe(true);
    expect(isStaleLock(lock, { ...here, hostname: 'other', isProcessAlive: () => false })).toBe(false);
  });
});
