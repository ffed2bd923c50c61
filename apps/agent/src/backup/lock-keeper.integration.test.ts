import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRepository, makeFolder, openWithIndex, removeFolder } from '../testing/work-repository.ts';
import { holdLock, LOCK_LOST_MS } from './lock-keeper.ts';

const MINUTE = 60_000;

describe('holdLock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await makeFolder();
    await createRepository(folder);
  });
  afterEach(() => removeFolder(folder));
  const locks = (): Promise<string[]> => readdir(join(folder, 'locks'));

  it('holds one lock until it is released, which may happen twice', async () => {
    const repository = await openWithIndex(folder);
    const held = await holdLock(repository, { exclusive: false });
    expect(await locks()).toHaveLength(1);
    await held.release();
    await held.release();
    expect(await locks()).toEqual([]);
    expect(held.signal.aborted).toBe(false);
  });

  it('keeps others out as restic does', async () => {
    const repository = await openWithIndex(folder);
    const shared = await holdLock(repository, { exclusive: false });
    const second = await holdLock(repository, { exclusive: false });
    await expect(holdLock(repository, { exclusive: true })).rejects.toMatchObject({
      code: 'repository-locked',
    });
    await shared.release();
    await second.release();
    const exclusive = await holdLock(repository, { exclusive: true });
    await expect(holdLock(repository, { exclusive: false })).rejects.toMatchObject({
      code: 'repository-locked',
    });
    await exclusive.release();
  });

  it('refreshes a lock that is five minutes old', async () => {
    let now = Date.now();
    const held = await holdLock(await openWithIndex(folder), { exclusive: false, now: () => now, tickMs: 5 });
    const [first] = await locks();
    now += 5 * MINUTE;
    await expect.poll(locks, { interval: 10, timeout: 10_000 }).not.toContain(first);
    await held.release();
    expect(await locks()).toEqual([]);
    expect(held.signal.aborted).toBe(false);
  });

  it('ends the work when the lock has not been refreshed for 22 minutes, as after a sleep', async () => {
    let now = Date.now();
    const held = await holdLock(await openWithIndex(folder), { exclusive: false, now: () => now, tickMs: 5 });
    now += LOCK_LOST_MS;
    await once(held.signal, 'abort');
    expect(held.signal.reason).toMatchObject({ code: 'lock-lost', retryable: true });
    await held.release();
  });

  it('ends the work when somebody removed the lock', async () => {
    let now = Date.now();
    const held = await holdLock(await openWithIndex(folder), { exclusive: false, now: () => now, tickMs: 5 });
    for (const name of await locks()) rmSync(join(folder, 'locks', name));
    now += 5 * MINUTE;
    await once(held.signal, 'abort');
    expect(held.signal.reason).toMatchObject({ code: 'lock-lost' });
    await held.release();
  });

  it('ends with the caller', async () => {
    const cancel = new AbortController();
    const held = await holdLock(await openWithIndex(folder), { exclusive: false, signal: cancel.signal });
    cancel.abort();
    expect(held.signal.aborted).toBe(true);
    await held.release();
    expect(await locks()).toEqual([]);
  });
});
